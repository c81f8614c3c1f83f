using Spud.Conformance;

namespace Attention.DualChunk.Tests;

/// <summary>The conformance kit on the decorator: within the trained length it is the plain fold.</summary>
public sealed class DualChunkContract : PluginContract
{
    protected override string PluginFolder => FindAbove("Spud.Host/bin/{configuration}/{framework}/plugins/attention.dualchunk");

    // Layers that do not turn have no distances to keep, however small the chunks are.
    protected override IEnumerable<Variant> Variants => [new() { Role = "fold", Component = "dual-chunk", Options = """{"chunkTokens":7,"localTokens":2}""" }];
}
