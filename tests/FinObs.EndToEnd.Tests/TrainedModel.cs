using FinObs.DataPlane.Demo;
using FinObs.DataPlane.Ledger;
using FinObs.Testing;

namespace FinObs.EndToEnd.Tests;

/// <summary>The built-in model as a folder, trained once for all tests of this process: a restart then costs no training.</summary>
internal static class TrainedModel
{
    private static readonly Lazy<TemporaryFolder> Artifact = new(Train);

    public static string Folder => Artifact.Value.Combine("model");

    private static TemporaryFolder Train()
    {
        TemporaryFolder folder = new();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
        new BuiltInModel(new LedgerUnits(new LedgerOptions()).Settings).Train(CancellationToken.None).Save(folder.Combine("model"));
        return folder;
    }
}
