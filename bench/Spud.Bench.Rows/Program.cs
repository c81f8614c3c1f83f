using System.Globalization;
using Spud;
using Spud.Bench.Rows;
using Spud.Composition;
using Spud.Configuration;
using Spud.Execution;
using Spud.Plugins;

// What a step of several rows of one sequence costs, as a check of drafted tokens would have it: 1 to 16 rows, at depths 0, 2,048 and 6,000,
// the default model on the CPU backend. The numbers of rows take turns. Arguments: rounds (25), threads (2), edits of the pipeline. Needs a
// quiet machine.
int rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 25, threads = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 2;
string root = AppContext.BaseDirectory;
while (!File.Exists(Path.Combine(root, "Spud.sln")))
    root = Path.GetDirectoryName(root) ?? throw new DirectoryNotFoundException("No folder above this program holds Spud.sln.");

DirectoryInfo output = new(AppContext.BaseDirectory);
using PluginCatalog plugins = PluginCatalog.Discover(Path.Combine(root, "Spud.Host", "bin", output.Parent!.Name, output.Name, "plugins"));
string[] edits = [$"model={Path.Combine(root, "models", "smollm2-135m-instruct-q4_1.gguf")}", "context=6144", .. args.Skip(2)];
using Pipeline pipeline = Pipeline.Compose(PipelineDocument.Load(null, edits), plugins, new PipelineOptions { Threads = threads, LogitRows = 16 });
Random random = new(1);
int[] tokens = [.. Enumerable.Range(0, 6000).Select(_ => random.Next(pipeline.Model.Vocabulary))];
Batch batch = pipeline.Engine.NewBatch();
Console.WriteLine($"{Environment.ProcessorCount} processors, {threads} threads, .NET {Environment.Version}; median of {rounds}, milliseconds");
Console.WriteLine("| depth | rows | step | of one row | a further row | head | attention | experts |");
Console.WriteLine("|---|---|---|---|---|---|---|---|");
int[] rowCounts = [1, 2, 3, 4, 8, 16];
foreach (int depth in new[] { 0, 2048, 6000 })
{
    using Sequence sequence = pipeline.Engine.Open();
    for (ReadOnlySpan<int> left = tokens.AsSpan(0, depth); !left.IsEmpty;)
        left = left[pipeline.Engine.Step(batch, sequence, left, Phase.Prefill, LogitRows.None)..];

    StepCost[] costs = [.. rowCounts.Select(rows => new StepCost(pipeline.Engine, batch, sequence, rows, tokens))];
    for (int round = -3; round < rounds; round++)
    {
        if (round == 0)
            Array.ForEach(costs, cost => cost.Clear());

        Array.ForEach(costs, cost => cost.Measure());
    }

    foreach (StepCost cost in costs)
    {
        double one = costs[0].Median, further = cost.Rows == 1 ? 0 : (cost.Median / one - 1) / (cost.Rows - 1);
        string roles = string.Join(" | ", cost.Medians.Select(time => time.ToString("0.00", CultureInfo.InvariantCulture)));
        Console.WriteLine(FormattableString.Invariant($"| {depth} | {cost.Rows} | {cost.Median:0.00} | {cost.Median / one:0.00} | {further:0.00} | {roles} |"));
    }
}
