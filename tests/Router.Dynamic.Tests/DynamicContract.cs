using Spud.Conformance;

namespace Router.Dynamic.Tests;

/// <summary>The conformance kit on the dynamic router: by default it routes as the model was trained.</summary>
public sealed class DynamicContract : PluginContract
{
    protected override string PluginFolder => FindAbove("Spud.Host/bin/{configuration}/{framework}/plugins/router.dynamic");

    protected override IEnumerable<Variant> Variants =>
    [
        new() { Role = "router", Component = "dynamic", Options = """{"expertThresholds":[0.05]}""", OwnRouting = "a row uses the experts whose probability exceeds their threshold; ExpertThresholdTests compare it with its own definition" },
        new() { Role = "router", Component = "dynamic", Options = """{"threshold":0.7,"temperature":1.3}""", OwnRouting = "it gives easy rows fewer experts; DynamicRouterTests compare it with its own definition" },
    ];
}
