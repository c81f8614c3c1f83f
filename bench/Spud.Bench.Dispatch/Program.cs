using System.Globalization;
using Spud.Bench.Dispatch;
using Spud.Composition;
using Spud.Configuration;
using Spud.Plugins;

// What the host and the contract cost of a decode step, and of that the ledger: the default model's pipeline, and the same pipeline with components that do
// nothing. Arguments: seconds each (3), threads (2). Needs a quiet machine.
double seconds = args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 3;
int threads = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 2;
string root = AppContext.BaseDirectory;
while (!File.Exists(Path.Combine(root, "Spud.sln")))
    root = Path.GetDirectoryName(root) ?? throw new DirectoryNotFoundException("No folder above this program holds Spud.sln.");

DirectoryInfo output = new(AppContext.BaseDirectory);
string plugins = Path.Combine(root, "Spud.Host", "bin", output.Parent!.Name, output.Name, "plugins");
PipelineDocument document = PipelineDocument.Load(null, [$"model={Path.Combine(root, "models", "smollm2-135m-instruct-q4_1.gguf")}", "context=1024"]);
using PluginCatalog catalog = PluginCatalog.Discover([plugins]);
using Pipeline pipeline = Pipeline.Compose(document, catalog, new PipelineOptions { Threads = threads });

StepTimes real = StepTimes.Of(pipeline, seconds), empty = StepTimes.Of(Hollow.Of(pipeline), seconds);
double ledger = LedgerTimes.Best(pipeline);
double share = empty.Best / real.Best;
Console.WriteLine($"{Environment.ProcessorCount} processors, {threads} threads, .NET {Environment.Version}; {pipeline.Model.Layers.Length} layers, decode at depth {StepTimes.Depth}");
Console.WriteLine($"decode step            best {real.Best,9:F1} us, median {real.Median,9:F1} us");
Console.WriteLine($"with empty components  best {empty.Best,9:F1} us, median {empty.Median,9:F1} us");
Console.WriteLine($"share                  {share:P2} (at most 1 % may be)");
Console.WriteLine($"of that, the ledger    best {ledger,9:F1} us, {ledger / real.Best:P2} (at most 0.5 % may be)");
return share <= 0.01 && ledger / real.Best <= 0.005 ? 0 : 1;
