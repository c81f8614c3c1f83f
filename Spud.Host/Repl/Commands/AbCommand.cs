namespace Spud.Host.Repl.Commands;

/// <summary><c>/ab</c>.</summary>
internal static class AbCommand
{
    private const string Together = "together ";

    public static SessionCommand Command { get; } = new("ab")
    {
        Aliases = ["compare"],
        Arguments = "[together] PATH=VALUE,VALUE… | FILE…",
        Group = CommandGroup.Answers,
        Help = "Have several pipelines answer the next questions, and compare their answers.",
        Details =
        [
            "/ab cache.format=f16,q8_0     the present pipeline with each of these values",
            "/ab other.json                the present pipeline and the one of a file",
            "/ab together head.activations=f32,q8    step by step in turn, in place of one after the other",
            "/ab off                       the present pipeline alone",
        ],
        Run = static (session, arguments, _) => Run(session, arguments),
        Complete = static (session, typed) => (session.Pipeline?.Settings.All.Where(setting => setting.Allowed.Length > 1).Select(setting => $"{setting.Path}={string.Join(',', setting.Allowed)}") ?? [])
            .Append("off").Concat(PathCompletion.Of(typed, ".json")),
    };

    private static void Run(Session session, string arguments)
    {
        if (arguments == "off")
        {
            session.StopComparing();
            session.Say("The present pipeline alone answers the next questions.");
            return;
        }

        bool together = arguments.StartsWith(Together, StringComparison.Ordinal);
        IReadOnlyList<string> words = CommandLineText.Words(together ? arguments[Together.Length..] : arguments);
        if (words.Count == 0)
            throw new BadInputException("/ab: expected path=value,value,…, such as /ab cache.format=f16,q8_0, or pipeline files.");

        session.CompareNext([.. Sources(session, words, $"/ab {arguments}")], together);
    }

    private static IEnumerable<(string Name, PipelineSource Source)> Sources(Session session, IReadOnlyList<string> words, string source)
    {
        string[] files = [.. words.Where(word => !word.Contains('='))], variations = [.. words.Except(files)];
        if (files.Length > 0 && variations.Length > 0)
            throw new BadInputException("/ab: files and variations are not compared at once. Name one kind.");
        if (files.Length == 1)
            yield return ("present", session.Source);

        foreach (string file in files)
            yield return (Path.GetFileName(file), new(file, []));

        string[][] combinations = variations.Length == 0 ? [] : [.. Variation.Combinations(variations)];
        if (combinations.Length == 1)
            yield return ("present", session.Source);

        foreach (string[] edits in combinations)
            yield return (string.Join(' ', edits), edits.Aggregate(session.Source, (changed, edit) => changed.With(edit, source)));
    }
}
