using Microsoft.ML.OnnxRuntime;

namespace FinObs.Scoring.Artifacts;

/// <summary>A model file in ONNX Runtime: one thread, sequential, deterministic, no copies of the input. Thread-safe.</summary>
internal sealed class OnnxSession : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly string _input;
    private readonly int _features;

    public OnnxSession(byte[] model, string input, int features)
    {
        _ = OnnxEnvironment.Instance;
        using var options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        options.AddSessionConfigEntry("session.use_deterministic_compute", "1");
        try
        {
            _session = new InferenceSession(model, options);
        }
        catch (OnnxRuntimeException e)
        {
            throw new ArtifactException(ArtifactProblem.UnsupportedModel, "ONNX Runtime does not accept model.onnx (unknown operator, operator set or shape); check it with the exporter's own checker.", e);
        }

        _input = input;
        _features = features;
    }

    /// <summary>Version of ONNX Runtime.</summary>
    public static string Version => OnnxEnvironment.Instance.GetVersionString();

    /// <summary>Declared outputs: name, element type and shape (-1 = free).</summary>
    public IReadOnlyDictionary<string, NodeMetadata> Outputs => _session.OutputMetadata;

    /// <summary>Runs N rows and writes one column of a float or double output.</summary>
    /// <param name="rows">N × F values, row-major.</param>
    /// <param name="output">Name of the output.</param>
    /// <param name="column">Column of an [N, C] output; 0 for [N].</param>
    /// <param name="values">N values.</param>
    /// <exception cref="ArtifactException">The output has another shape or type than promised, or the run fails.</exception>
    public unsafe void Run(ReadOnlySpan<float> rows, string output, int column, Span<double> values)
    {
        if (values.Length == 0)
        {
            return;
        }

        fixed (float* pinned = rows)
        {
            using OrtValue input = OrtValue.CreateTensorValueWithData(
                OrtMemoryInfo.DefaultInstance,
                Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float,
                [values.Length, _features],
                (nint)pinned,
                (long)rows.Length * sizeof(float));
            try
            {
                using IDisposableReadOnlyCollection<OrtValue> results = _session.Run(_run, [_input], [input], [output]);
                Copy(results[0], output, column, values);
            }
            catch (OnnxRuntimeException e)
            {
                throw new ArtifactException(ArtifactProblem.UnsupportedModel, "ONNX Runtime fails on model.onnx while it scores; check the model with finite rows of the declared width.", e);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _session.Dispose();
        _run.Dispose();
    }

    private static void Copy(OrtValue result, string output, int column, Span<double> values)
    {
        OrtTensorTypeAndShapeInfo info = result.GetTensorTypeAndShape();
        long columns = info.Shape.Length == 2 ? info.Shape[1] : 1;
        if (info.Shape.Length is not (1 or 2) || info.Shape[0] != values.Length || column >= columns)
        {
            throw new ArtifactException(
                ArtifactProblem.WrongOutput, $"Output {output} has shape [{string.Join(", ", info.Shape)}] for {values.Length} rows; [N] or [N, C] with column {column} was expected.");
        }

        if (info.ElementDataType == Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Double)
        {
            Stride(result.GetTensorDataAsSpan<double>(), (int)columns, column, values);
        }
        else
        {
            Stride(result.GetTensorDataAsSpan<float>(), (int)columns, column, values);
        }
    }

    private static void Stride<T>(ReadOnlySpan<T> data, int columns, int column, Span<double> values)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = double.CreateChecked(data[(i * columns) + column]);
        }
    }
}
