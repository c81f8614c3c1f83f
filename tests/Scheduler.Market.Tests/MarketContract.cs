using Spud.Conformance;

namespace Scheduler.Market.Tests;

/// <summary>The conformance kit on the schedulers.</summary>
public sealed class MarketContract : PluginContract
{
    protected override string PluginFolder => FindAbove("Spud.Host/bin/{configuration}/{framework}/plugins/scheduler.market");

    protected override IEnumerable<Variant> Variants =>
    [
        new() { Role = "scheduler", Component = "fair", Options = """{"leadRows":1}""" },
        new() { Role = "scheduler", Component = "priority", Options = """{"ageingSeconds":0.1}""" },
        new() { Role = "scheduler", Component = "auction", Options = """{"floor":0}""" },
        new() { Role = "scheduler", Component = "auction", Options = """{"floor":1,"leadRows":4}""" },
        new() { Role = "scheduler", Component = "auction", Options = """{"floor":0.25,"tickMilliseconds":20}""" },
    ];
}
