using System.CommandLine;
using Spud.Bench.Peer;
using Spud.Plugins;

Option<string> peer = new("--peer") { Description = "The peer's program; bench/peer/setup.sh builds it.", Required = true };
Option<string> models = new("--models") { Description = "Folder of the models, NAME.gguf.", Required = true };
Option<string> plugins = new("--plugins") { Description = "Folder of the plugins.", Required = true };
Option<string> output = new("--out") { Description = "Results go to OUT.json and OUT.md.", Required = true };
Option<int> rounds = new("--rounds") { Description = "Measured rounds, after one that is not.", DefaultValueFactory = _ => 5 };
Option<string> only = new("--only") { Description = "Works whose 'model threads name' contains this.", DefaultValueFactory = _ => "" };
RootCommand command = new("Spud against llama.cpp: the same work on the same file with the same threads, alternately, in random order.") { peer, models, plugins, output, rounds, only };
command.SetAction(parsed =>
{
    PluginCatalog catalog = PluginCatalog.Discover(parsed.GetRequiredValue(plugins));
    Random order = new(1);
    List<Result> results = [];
    IEnumerable<Work> works = GateSet.Works().Where(work => $"{work.Model} {work.Threads} {work.Name}".Contains(parsed.GetRequiredValue(only)));
    foreach (IGrouping<(string Model, int Threads), Work> group in works.GroupBy(work => (work.Model, work.Threads)))
    {
        string file = Path.Combine(parsed.GetRequiredValue(models), group.Key.Model + ".gguf");
        using PeerProcess theirs = new(parsed.GetRequiredValue(peer), file, group.Key.Threads);
        using SpudProcess ours = new(catalog, file, group.Key.Threads, group.Max(work => work.ContextTokens), group.Max(work => work.Batch));
        foreach (Work work in group)
        {
            Result result = Measure(work, ours, theirs, order, parsed.GetRequiredValue(rounds));
            results.Add(result);
            Console.WriteLine(ReportWriter.Line(result));
        }
    }

    ReportWriter.Write(ReportWriter.Describe(results, string.Join(' ', args.SkipWhile(arg => arg != "--rounds" && arg != "--only"))), parsed.GetRequiredValue(output));
});
return command.Parse(args).Invoke();

static Result Measure(Work work, SpudProcess ours, PeerProcess theirs, Random order, int rounds)
{
    List<double> spud = [], peer = [];
    for (int round = -1; round < rounds; round++)
    {
        bool first = order.Next(2) == 0;
        double before = first ? ours.Measure(work) : theirs.Measure(work);
        double after = first ? theirs.Measure(work) : ours.Measure(work);
        if (round < 0)
            continue;

        spud.Add(first ? before : after);
        peer.Add(first ? after : before);
    }

    return new(work, [.. spud], [.. peer]);
}
