using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace FinObs.Scoring.Explanation;

/// <summary>Memory from the first multiple of a cache line on: a vector that straddles two lines costs twice.</summary>
internal static class AlignedMemory
{
    /// <summary>Bytes of a cache line, and of the widest vector.</summary>
    public const int Line = 64;

    /// <summary>The aligned part of memory on the stack; up to a line less one byte is lost.</summary>
    public static unsafe Span<Vector512<double>> Of(Span<byte> stack)
    {
        nuint address = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(stack));
        return MemoryMarshal.Cast<byte, Vector512<double>>(stack[Skip(address)..]);
    }

    /// <summary>A pinned array and its first aligned element; the address holds as long as the array does.</summary>
    public static unsafe T[] Pinned<T>(int length, out T* aligned)
        where T : unmanaged
    {
        T[] array = GC.AllocateArray<T>(length + (Line / sizeof(T)), pinned: true);
        byte* start = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array));
        aligned = (T*)(start + Skip((nuint)start));
        return array;
    }

    private static int Skip(nuint address) => (int)(-(nint)address & (Line - 1));
}
