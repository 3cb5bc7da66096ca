using System.Globalization;
using FinObs.Contracts.Resources;
using FinObs.Load.Requests;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace FinObs.Load.Scenarios;

/// <summary>Reads a scenario from YAML, strictly: a name that it does not know is an error, so that a misspelt one does not go unnoticed.</summary>
internal static class ScenarioFile
{
    private const double MostRate = 1_000_000;

    public static LoadScenario Read(string path)
    {
        using StreamReader reader = File.OpenText(path);
        return Parse(reader, Path.GetFileName(path));
    }

    public static LoadScenario Parse(TextReader text, string name)
    {
        try
        {
            YamlStream stream = new();
            stream.Load(text);
            if (stream.Documents is not [{ RootNode: YamlMappingNode root }])
            {
                throw new ScenarioException("The file must hold one YAML mapping: name, target, phases, mix, expect.");
            }

            return Of(new Members(root, "the scenario"));
        }
        catch (YamlException exception)
        {
            throw new ScenarioException($"{name}, line {exception.Start.Line}: {exception.InnerException?.Message ?? exception.Message}");
        }
        catch (ScenarioException exception)
        {
            throw new ScenarioException($"{name}: {exception.Message}");
        }
    }

    public static Uri Address(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https" ? uri : throw new ScenarioException($"target must be an http or https address, not '{text}'.");

    private static LoadScenario Of(Members members)
    {
        LoadScenario defaults = new() { Phases = [], Mix = [] };
        string target = members.Text("target") ?? defaults.Target.ToString();
        LoadScenario scenario = defaults with
        {
            Name = members.Text("name") ?? defaults.Name,
            Target = Address(target),
            Seed = (int)members.Number("seed", defaults.Seed, int.MinValue, int.MaxValue),
            Accounts = (int)members.Number("accounts", defaults.Accounts, 1, 10_000_000),
            Connections = (int)members.Number("connections", defaults.Connections, 1, 10_000),
            MostInFlight = (int)members.Number("mostInFlight", defaults.MostInFlight, 1, 1_000_000),
            Timeout = members.Duration("timeout") ?? defaults.Timeout,
            Phases = [.. members.List("phases").Select(PhaseOf)],
            Mix = [.. members.List("mix").Select(RequestOf)],
            Expect = [.. members.List("expect").Select(ExpectationOf)],
        };
        members.End();
        return Checked(scenario);
    }

    private static LoadPhase PhaseOf(Members members)
    {
        string name = members.Text("name") ?? throw new ScenarioException("each phase needs a name.");
        TimeSpan duration = members.Duration("duration") ?? throw new ScenarioException($"phase {name} needs a duration such as 30s.");
        string rate = members.Text("rate") ?? throw new ScenarioException($"phase {name} needs a rate: arrivals a second such as 200, or from..to such as 200..1000.");
        string[] ends = rate.Split("..");
        if (ends.Length > 2 || !TryRate(ends[0], out double from) || !TryRate(ends[^1], out double to))
        {
            throw new ScenarioException($"phase {name}: rate must be a number up to {MostRate:N0} or from..to, not '{rate}'.");
        }

        LoadPhase phase = new(name, duration, from, to, members.Text("counted") is not "false");
        members.End();
        return phase;
    }

    private static LoadRequest RequestOf(Members members)
    {
        string name = members.Text("name") ?? throw new ScenarioException("each request of the mix needs a name.");
        string kind = members.Text("request") ?? throw new ScenarioException($"{name} needs a request: one of {string.Join(", ", RequestKinds.All)}.");
        if (!RequestKinds.All.Contains(kind, StringComparer.Ordinal))
        {
            throw new ScenarioException($"{name}: there is no request '{kind}'; one of {string.Join(", ", RequestKinds.All)}.");
        }

        LoadRequest request = new(name, kind, members.Number("weight", 1, 0, 1e9), (int)members.Number("items", 100, 1, 10_000), members.Text("path"));
        if (kind == RequestKinds.Get && request.Path is not ['/', ..])
        {
            throw new ScenarioException($"{name}: {RequestKinds.Get} needs a path that begins with /.");
        }

        members.End();
        return request;
    }

    private static Expectation ExpectationOf(Members members)
    {
        string of = members.Text("of") ?? throw new ScenarioException("each expectation needs 'of': the name of a request of the mix.");
        string? errors = members.Text("errors");
        double? share = null;
        if (errors is not null)
        {
            share = errors.EndsWith('%') && double.TryParse(errors[..^1], NumberStyles.Float, CultureInfo.InvariantCulture, out double percent) && percent is >= 0 and <= 100
                ? percent / 100 : throw new ScenarioException($"errors of {of} must be a percentage such as 0.1%, not '{errors}'.");
        }

        Expectation expectation = new(of, members.Duration("p50"), members.Duration("p99"), share);
        members.End();
        return expectation;
    }

    private static LoadScenario Checked(LoadScenario scenario)
    {
        if (scenario.Phases.Count == 0 || !scenario.Phases.Any(phase => phase.Counted))
        {
            throw new ScenarioException("phases must have at least one phase that is counted.");
        }

        if (scenario.Mix.Count == 0 || scenario.Mix.Sum(request => request.Weight) <= 0)
        {
            throw new ScenarioException("mix must have at least one request with a weight above 0.");
        }

        if (scenario.Mix.GroupBy(request => request.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new ScenarioException($"two requests of the mix are named {twice.Key}.");
        }

        return scenario.Expect.FirstOrDefault(expectation => !scenario.Mix.Any(request => request.Name == expectation.Of)) is { } stranger
            ? throw new ScenarioException($"expect: there is no request {stranger.Of} in the mix.")
            : scenario;
    }

    private static bool TryRate(string text, out double rate) => double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out rate) && rate is >= 0 and <= MostRate;

    /// <summary>A mapping, of which each name may be taken once and none may be left.</summary>
    private sealed class Members(YamlMappingNode node, string of)
    {
        private readonly Dictionary<string, YamlNode> _left = node.Children.ToDictionary(pair => ((YamlScalarNode)pair.Key).Value!, pair => pair.Value, StringComparer.Ordinal);

        public string? Text(string name) => _left.Remove(name, out YamlNode? value) ? (value as YamlScalarNode)?.Value ?? throw new ScenarioException($"{name} of {of} must be a plain value.") : null;

        public double Number(string name, double otherwise, double least, double most)
        {
            if (Text(name) is not { } text)
            {
                return otherwise;
            }

            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number >= least && number <= most
                ? number : throw new ScenarioException($"{name} of {of} must be a number from {least} to {most}, not '{text}'.");
        }

        public TimeSpan? Duration(string name)
        {
            if (Text(name) is not { } text)
            {
                return null;
            }

            return Contracts.Resources.Duration.TryParse(text, out Duration duration) && duration.Value > TimeSpan.Zero
                ? duration.Value : throw new ScenarioException($"{name} of {of} must be a time such as 250ms, 30s or 5m, not '{text}'.");
        }

        public IEnumerable<Members> List(string name)
        {
            if (!_left.Remove(name, out YamlNode? value))
            {
                return [];
            }

            return (value as YamlSequenceNode)?.Children.Select((child, i) => new Members(child as YamlMappingNode ?? throw new ScenarioException($"{name}[{i}] must be a mapping."), $"{name}[{i}]"))
                ?? throw new ScenarioException($"{name} must be a list.");
        }

        public void End()
        {
            if (_left.Count > 0)
            {
                throw new ScenarioException($"{of} knows no {string.Join(", ", _left.Keys)}.");
            }
        }
    }
}
