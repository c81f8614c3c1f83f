using System.Globalization;
using Spud;
using Spud.Bench.Mixing;
using Spud.Plugins;

// Mixed pipelines against what their parts predict: the time around attention in the pipeline that is all of its backend, and the experts'
// time in the other one. The default model in f32, prefill 256, decode 64. Arguments: rounds (5), threads (2). Needs a quiet machine, and
// every backend set up.
int rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 5, threads = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 2;
string root = AppContext.BaseDirectory;
while (!File.Exists(Path.Combine(root, "Spud.sln")))
    root = Path.GetDirectoryName(root) ?? throw new DirectoryNotFoundException("No folder above this program holds Spud.sln.");

DirectoryInfo output = new(AppContext.BaseDirectory);
using PluginCatalog plugins = PluginCatalog.Discover(Path.Combine(root, "Spud.Host", "bin", output.Parent!.Name, output.Name, "plugins"));
string model = Path.Combine(root, "models", "smollm2-135m-instruct-q4_1.gguf");
string[] backends = ["cpu", "onnx", "torch"];
Pair[] pairs = [.. backends.SelectMany(attention => backends.Select(experts => new Pair(model, plugins, attention, experts, threads)))];
for (int round = 0; round <= rounds; round++)
{
    foreach (Pair pair in pairs)
        pair.Measure();
}

double worst = double.MaxValue;
Console.WriteLine($"{Environment.ProcessorCount} processors, {threads} threads, .NET {Environment.Version}; tokens per second, best of {rounds + 1}");
Console.WriteLine("| attention | experts | phase | measured | predicted | ratio |");
Console.WriteLine("|---|---|---|---|---|---|");
foreach (Pair pair in pairs)
{
    foreach (Phase phase in Enum.GetValues<Phase>())
    {
        double predicted = Pure(pair.Attention).Best[(int)phase].Around + Pure(pair.Experts).Best[(int)phase].Experts, measured = pair.Best[(int)phase].Sum;
        worst = Math.Min(worst, predicted / measured);
        Console.WriteLine(FormattableString.Invariant($"| {pair.Attention} | {pair.Experts} | {phase} | {1e6 / measured:0.0} | {1e6 / predicted:0.0} | {predicted / measured:0.00} |"));
    }
}

Array.ForEach(pairs, pair => pair.Dispose());
Console.WriteLine(FormattableString.Invariant($"worst {worst:0.00} (at least 0.8 is wanted)"));
return worst >= 0.8 ? 0 : 1;

Pair Pure(string backend) => pairs.Single(pair => pair.IsPure && pair.Attention == backend);
