using System.Runtime.InteropServices;
using FinObs.DataPlane.Inference;
using FinObs.Scoring.Ensemble;
using FinObs.Scoring.Explanation;
using Google.Protobuf;

namespace FinObs.DataPlane.Scorer;

/// <summary>Computes the outputs that were asked for, each once, and puts them into the answer.</summary>
internal ref struct OutputWriter(ServedModel model, ReadOnlySpan<float> rows, int count)
{
    private readonly ReadOnlySpan<float> _rows = rows;
    private readonly int _columns = model.Scorer.FeatureCount;
    private byte[]? _margins;
    private byte[]? _scores;
    private ScoreExplanation[]? _explanations;

    public ModelInferResponse Write(InferencePlan plan, string id)
    {
        ModelInferResponse response = new() { ModelName = model.Name, ModelVersion = model.Version, Id = id };
        response.Parameters[ParameterNames.Digest] = new InferParameter { StringParam = model.Scorer.Digest };
        response.Parameters[ParameterNames.EngineFingerprint] = new InferParameter { StringParam = model.Scorer.EngineFingerprint };
        foreach (string name in plan.Outputs)
        {
            byte[] bytes = Compute(name);
            ModelInferResponse.Types.InferOutputTensor tensor = new() { Name = name, Datatype = Datatypes.Double, Shape = { count } };
            if (Spec(name).Shape.Length == 2)
            {
                tensor.Shape.Add(_columns);
            }

            if (plan.RawOutputs)
            {
                response.RawOutputContents.Add(UnsafeByteOperations.UnsafeWrap(bytes));
            }
            else
            {
                tensor.Contents = new InferTensorContents();
                tensor.Contents.Fp64Contents.AddRange((ReadOnlySpan<double>)Doubles(bytes));
            }

            response.Outputs.Add(tensor);
        }

        if (_explanations is not null)
        {
            response.Parameters[ParameterNames.Method] = new InferParameter { StringParam = MethodOf(_explanations) };
        }

        return response;
    }

    private readonly TensorSpec Spec(string name) => model.Outputs.First(output => output.Name == name);

    private byte[] Compute(string name) => name switch
    {
        TensorNames.Margin => Scored().Margins,
        TensorNames.Score => Scored().Scores,
        TensorNames.ForestTerm => ForestTerms(),
        TensorNames.ReconstructionError => ReconstructionErrors(),
        TensorNames.ShapBase => Explained(1, static (explanation, to) => to[0] = explanation.Base),
        TensorNames.ShapValues => Explained(_columns, static (explanation, to) => explanation.Contributions.CopyTo(to)),
        TensorNames.ForestContributions => Explained(_columns, static (explanation, to) => explanation.ForestContributions.CopyTo(to)),
        _ => Explained(_columns, static (explanation, to) => explanation.ReconstructionContributions.CopyTo(to)),
    };

    private (byte[] Margins, byte[] Scores) Scored()
    {
        if (_margins is null || _scores is null)
        {
            _margins = new byte[count * sizeof(double)];
            _scores = new byte[count * sizeof(double)];
            model.Scorer.Score(_rows, Doubles(_margins), Doubles(_scores));
        }

        return (_margins, _scores);
    }

    private readonly byte[] ForestTerms()
    {
        byte[] bytes = new byte[count * sizeof(double)];
        ((EnsembleModel)model.Scorer).ForestTerms(_rows, Doubles(bytes));
        return bytes;
    }

    private readonly byte[] ReconstructionErrors()
    {
        byte[] bytes = new byte[_rows.Length * sizeof(double)];
        ((EnsembleModel)model.Scorer).ReconstructionErrors(_rows, Doubles(bytes));
        return bytes;
    }

    private delegate void Put(ScoreExplanation explanation, Span<double> to);

    private byte[] Explained(int columns, Put put)
    {
        _explanations ??= ExplainAll();
        byte[] bytes = new byte[count * columns * sizeof(double)];
        Span<double> values = Doubles(bytes);
        for (int i = 0; i < count; i++)
        {
            put(_explanations[i], values.Slice(i * columns, columns));
        }

        return bytes;
    }

    private readonly ScoreExplanation[] ExplainAll()
    {
        ScoreExplanation[] explanations = new ScoreExplanation[count];
        for (int i = 0; i < count; i++)
        {
            explanations[i] = model.Scorer.Explain(_rows.Slice(i * _columns, _columns));
        }

        return explanations;
    }

    private static Span<double> Doubles(byte[] bytes) => MemoryMarshal.Cast<byte, double>(bytes.AsSpan());

    /// <summary>One word for all rows, the worst of them. Whoever wants to know which row failed adds up base and values: they differ from its margin.</summary>
    private static string MethodOf(ScoreExplanation[] explanations) =>
        explanations.Any(explanation => explanation.Method == ExplanationMethod.Failed) ? "failed"
        : explanations.Any(explanation => explanation.Method == ExplanationMethod.Unavailable) ? "unavailable"
        : "tree_shap_exact";
}
