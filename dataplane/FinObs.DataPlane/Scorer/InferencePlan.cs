using FinObs.DataPlane.Inference;

namespace FinObs.DataPlane.Scorer;

/// <summary>A request that was found in order: how many rows, which outputs, and whether as bytes.</summary>
internal sealed record InferencePlan(int Rows, IReadOnlyList<string> Outputs, bool RawOutputs)
{
    /// <summary>Checks all that can be known without looking at the values.</summary>
    public static (InferencePlan? Plan, InferenceOutcome.Rejected? Problem) Make(ModelInferRequest request, bool rawOutputs, ServedModel model, int mostRows)
    {
        if (!model.Answers(request.ModelName, request.ModelVersion))
        {
            return Reject(Rejection.UnknownModel, $"This server has the model {model.Name}, version {model.Version}, and no other.");
        }

        long columns = model.Inputs[0].Shape[1];
        if (request.Inputs.Count != 1 || request.Inputs[0].Name != TensorNames.Features)
        {
            return Reject(Rejection.InvalidRequest, $"Send exactly one input, called {TensorNames.Features}.");
        }

        ModelInferRequest.Types.InferInputTensor input = request.Inputs[0];
        if (input.Datatype != Datatypes.Float)
        {
            return Reject(Rejection.InvalidRequest, $"Send {TensorNames.Features} as {Datatypes.Float}.");
        }

        if (input.Shape.Count != 2 || input.Shape[0] < 1 || input.Shape[1] != columns)
        {
            return Reject(Rejection.InvalidRequest, $"{TensorNames.Features} has shape [{string.Join(", ", input.Shape)}]; send [N, {columns}] with N of at least 1.");
        }

        if (input.Shape[0] > mostRows)
        {
            return Reject(Rejection.TooLarge, $"{input.Shape[0]} rows are too many for one request: send at most {mostRows}.");
        }

        int rows = (int)input.Shape[0];
        if (ContentsProblem(request, input, rows * columns) is { } problem)
        {
            return Reject(Rejection.InvalidRequest, problem);
        }

        string[] outputs = [.. request.Outputs.Select(output => output.Name).Distinct()];
        string? unknown = outputs.FirstOrDefault(name => model.Outputs.All(known => known.Name != name));
        return unknown is null
            ? (new InferencePlan(rows, outputs.Length > 0 ? outputs : ServedModel.DefaultOutputs, rawOutputs), null)
            : Reject(Rejection.InvalidRequest, $"This model has no such output; it has {string.Join(", ", model.Outputs.Select(output => output.Name))}.");
    }

    private static string? ContentsProblem(ModelInferRequest request, ModelInferRequest.Types.InferInputTensor input, long values)
    {
        if (request.RawInputContents.Count == 0)
        {
            int sent = input.Contents?.Fp32Contents.Count ?? 0;
            return sent == values ? null : $"The shape says {values} values, {sent} were sent in fp32_contents (data).";
        }

        if (request.RawInputContents.Count != 1 || input.Contents is not null)
        {
            return "Send raw contents once for the one input, and no typed contents beside them.";
        }

        int bytes = request.RawInputContents[0].Length;
        return bytes == values * sizeof(float) ? null : $"The shape says {values * sizeof(float)} bytes, {bytes} were sent.";
    }

    private static (InferencePlan?, InferenceOutcome.Rejected) Reject(Rejection why, string message) => (null, new(why, message));
}
