using Spud.Bench.Market;
using Spud.Plugins;

// "cost": what a decision costs with 1,000 and 10,000 waiting jobs. "lies": what an account gains in a busy market by not telling the truth, over 40 seeds.
string root = AppContext.BaseDirectory;
while (!File.Exists(Path.Combine(root, "Spud.sln")))
    root = Path.GetDirectoryName(root) ?? throw new DirectoryNotFoundException("No folder above this program holds Spud.sln.");

DirectoryInfo output = new(AppContext.BaseDirectory);
using PluginCatalog plugins = PluginCatalog.Discover(Path.Combine(root, "Spud.Host", "bin", output.Parent!.Name, output.Name, "plugins", "scheduler.market"));
switch (args is [string what, ..] ? what : "cost")
{
    case "cost":
        Cost.Measure(plugins);
        break;
    case "lies":
        Lies.Measure(plugins);
        break;
    default:
        throw new ArgumentException($"Unknown measurement '{args[0]}': cost or lies.");
}
