using FinObs.DataPlane.Inference;

namespace FinObs.DataPlane.Models.Remote;

/// <summary>Reads tensors of an answer that may come from any server: raw or typed, FP32 or FP64.</summary>
internal static class AnswerTensors
{
    /// <summary>One column of an [N] or [N, C] output, or what is wrong with it.</summary>
    public static string? ReadColumn(ModelInferResponse response, string name, int column, Span<double> values)
    {
        if (Find(response, name, values.Length, out int columns, out double[] all) is { } problem)
        {
            return problem;
        }

        if (column >= columns)
        {
            return $"output {name} has {columns} columns, column {column} was wanted";
        }

        for (int i = 0; i < values.Length; i++)
        {
            values[i] = all[(i * columns) + column];
        }

        return null;
    }

    /// <summary>An [N, F] output whole, or what is wrong with it.</summary>
    public static string? ReadMatrix(ModelInferResponse response, string name, int rows, int columns, out double[] values)
    {
        string? problem = Find(response, name, rows, out int found, out values);
        return problem ?? (found == columns ? null : $"output {name} has {found} columns, {columns} were wanted");
    }

    private static string? Find(ModelInferResponse response, string name, int rows, out int columns, out double[] values)
    {
        columns = 0;
        values = [];
        int at = response.Outputs.ToList().FindIndex(output => output.Name == name);
        if (at < 0)
        {
            return $"output {name} is missing";
        }

        ModelInferResponse.Types.InferOutputTensor tensor = response.Outputs[at];
        if (tensor.Shape.Count is not (1 or 2) || tensor.Shape[0] != rows || (tensor.Shape.Count == 2 && tensor.Shape[1] is < 1 or > int.MaxValue))
        {
            return $"output {name} has shape [{string.Join(", ", tensor.Shape)}] for {rows} rows";
        }

        columns = tensor.Shape.Count == 2 ? (int)tensor.Shape[1] : 1;
        bool raw = tensor.Contents is null && at < response.RawOutputContents.Count;
        double[]? read = tensor.Datatype switch
        {
            Datatypes.Double => raw ? RawTensors.Doubles(response.RawOutputContents[at]).ToArray() : tensor.Contents?.Fp64Contents.ToArray(),
            Datatypes.Float => Widen(raw ? RawTensors.Floats(response.RawOutputContents[at]).ToArray() : tensor.Contents?.Fp32Contents.ToArray()),
            _ => null,
        };
        if (read is null)
        {
            return $"output {name} is {tensor.Datatype}; {Datatypes.Float} or {Datatypes.Double} was expected";
        }

        values = read;
        return read.LongLength == (long)rows * columns ? null : $"output {name} has {read.Length} values for shape [{string.Join(", ", tensor.Shape)}]";
    }

    private static double[]? Widen(float[]? values) => values is null ? null : Array.ConvertAll(values, value => (double)value);
}
