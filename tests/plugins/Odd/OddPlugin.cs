using System.Globalization;
using System.Reflection;
using Spud;

namespace Odd;

/// <summary>Does what <c>behaviour.txt</c> in its folder says: "constructor throws", "probe hangs", "load NAME", "expert 3", ...; without the file it is a good plugin.</summary>
public sealed class OddPlugin : ISpudPlugin
{
    private readonly string _behaviour = Read();

    public OddPlugin()
    {
        if (_behaviour == "constructor throws")
            throw new InvalidOperationException("the constructor was told to");
        if (_behaviour == "constructor hangs")
            new ManualResetEvent(false).WaitOne();
    }

    public string? Probe()
    {
        switch (_behaviour)
        {
            case "probe says no":
                return "needs a potato peeler. Install one.";
            case "probe says nothing":
                return "";
            case "probe throws":
                throw new NotSupportedException("the probe was told to");
            case "probe crashes":
                Environment.FailFast("the probe was told to crash");
                break;
            case "probe hangs":
                new ManualResetEvent(false).WaitOne();
                break;
            case "probe talks":
                Console.Write("a line without an end");
                break;
        }

        return null;
    }

    public void Register(IPluginRegistry registry)
    {
        switch (_behaviour)
        {
            case "registration throws":
                throw new InvalidOperationException("Register was told to\nover two lines");
            case "registration hangs":
                new ManualResetEvent(false).WaitOne();
                break;
            case "registers nothing":
                return;
            case "registers something else":
                Add(registry, "even");
                return;
            case "registers twice":
                Add(registry, "odd");
                break;
            case "registers reserved options":
                registry.AddRouter("odd", OddJson.Default.ReservedOptions, new Offer(), static (_, build) => new OddRouter(build));
                return;
            case "registers null":
                registry.AddRouter<OddOptions>("odd", null!, new Offer(), static (_, build) => new OddRouter(build));
                return;
        }

        if (_behaviour.StartsWith("route ", StringComparison.Ordinal))
        {
            registry.AddRouter("odd", OddJson.Default.OddOptions, new Offer { Knows = [Trait.Renormalise] }, (_, build) => new OddRouter(build, behaviour: _behaviour));
            return;
        }

        if (_behaviour.StartsWith("expert ", StringComparison.Ordinal))
        {
            int expert = int.Parse(_behaviour[7..], CultureInfo.InvariantCulture);
            registry.AddRouter("odd", OddJson.Default.OddOptions, new Offer { Knows = [Trait.Renormalise] }, (_, build) => new OddRouter(build, expert));
            return;
        }

        Add(registry, "odd", _behaviour.StartsWith("load ", StringComparison.Ordinal) ? Assembly.Load(_behaviour[5..]).FullName! : _behaviour);
    }

    private static void Add(IPluginRegistry registry, string name, string knows = "") =>
        registry.AddRouter(name, OddJson.Default.OddOptions, new Offer { Knows = [knows] }, static (_, build) => new OddRouter(build));

    private static string Read()
    {
        string file = Path.Combine(Path.GetDirectoryName(typeof(OddPlugin).Assembly.Location)!, "behaviour.txt");
        return File.Exists(file) ? File.ReadAllText(file).Trim() : "";
    }
}
