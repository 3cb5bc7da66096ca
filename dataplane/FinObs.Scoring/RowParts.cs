namespace FinObs.Scoring;

/// <summary>Divides the rows of a large batch among threads. No row's result depends on the others, so the bits are the same however many take part.</summary>
internal static class RowParts
{
    /// <summary>Divides N rows into parts of equal size and works on them; the calling thread takes part, and all is done when this returns.</summary>
    /// <param name="rows">N.</param>
    /// <param name="partRows">Rows of a part: what one thread takes at a time; no other thread is asked for a single part.</param>
    /// <param name="maxThreads">Bound on parallelism; -1 = as many as there are cores.</param>
    /// <param name="work">Takes the first row of a part and the number of rows.</param>
    public static void Each(int rows, int partRows, int maxThreads, Action<int, int> work)
    {
        int parts = (rows + partRows - 1) / partRows;
        Parallel.For(
            0,
            parts,
            new ParallelOptions { MaxDegreeOfParallelism = maxThreads },
            part => work(part * partRows, Math.Min(partRows, rows - (part * partRows))));
    }

    /// <summary>Whether a batch is worth more than one thread: less than two full parts are not, and then nothing is allocated.</summary>
    public static bool Worthwhile(int rows, int partRows, int maxThreads) =>
        rows >= 2 * partRows && maxThreads != 1 && Environment.ProcessorCount > 1;
}
