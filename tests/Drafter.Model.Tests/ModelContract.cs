using Spud.Conformance;

namespace Drafter.Model.Tests;

/// <summary>The conformance kit on the drafter, with the kit's draft model.</summary>
public sealed class ModelContract : PluginContract
{
    protected override string PluginFolder => FindAbove("Spud.Host/bin/{configuration}/{framework}/plugins/drafter.model");

    protected override IEnumerable<Variant> Variants =>
    [
        new() { Role = "drafter", Component = "model", Skip = "needs the path of a draft model" },
        new() { Role = "drafter", Component = "model", Options = """{"path":"draft.gguf"}""" },
        new() { Role = "drafter", Component = "model", Options = """{"path":"draft.gguf","length":16,"minProbability":0}""" },
        new() { Role = "drafter", Component = "model", Options = """{"path":"draft.gguf","minProbability":0,"draws":false}""" },
    ];
}
