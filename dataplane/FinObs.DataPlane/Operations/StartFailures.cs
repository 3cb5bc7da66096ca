using FinObs.DataPlane.Storage;
using FinObs.Scoring.Artifacts;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Npgsql;

namespace FinObs.DataPlane.Operations;

/// <summary>What can be wrong with a configuration or a machine is said in one sentence; a stack trace is kept for what is our own fault.</summary>
internal static class StartFailures
{
    private const int ExitCode = 2;

    public static async Task<int> InOneSentenceAsync(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (Exception exception) when (Sentence(exception) is { } sentence)
        {
            await Console.Error.WriteLineAsync(sentence);
            return ExitCode;
        }
    }

    /// <summary>Null for what is not known here. Never holds a connection string: passwords stand in it.</summary>
    internal static string? Sentence(Exception exception) => exception switch
    {
        ArtifactException artifact => $"The model artifact is refused ({artifact.Problem}): {artifact.Message}",
        OptionsValidationException options => string.Join(" ", options.Failures),
        ConfigurationRefusedException refusal => refusal.Message,
        PostgresException postgres => $"PostgreSQL refuses ({postgres.SqlState}): {postgres.MessageText}. Check user, database and rights of ConnectionStrings:FinObs.",
        NpgsqlException => "PostgreSQL cannot be reached: check host and port of ConnectionStrings:FinObs, and that the server is up.",
        SqliteException sqlite => $"SQLite cannot use its file ({sqlite.Message}): check that the data folder (Storage:DataFolder) may be written and the disk is not full.",
        UnauthorizedAccessException access => $"{access.Message} Check the rights on the data folder (Storage:DataFolder).",
        IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } => "The address is in use: stop the other program, or choose another with --urls http://localhost:PORT.",
        IOException io => io.Message,
        _ => exception.InnerException is { } inner ? Sentence(inner) : null,
    };
}
