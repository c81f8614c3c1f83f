using System.Collections.Immutable;
using Spud.Plugins;

namespace Spud.Conformance.Discovery;

/// <summary>What the author of a contract class overrides.</summary>
/// <param name="Folder">The built plugin.</param>
/// <param name="Variants">What to test in addition to the defaults.</param>
/// <param name="SkipReason">Why nothing can be tested here; null: it can.</param>
/// <param name="Probe">How to run a probe that may crash; null: in this process.</param>
internal sealed record ContractSettings(string Folder, ImmutableArray<Variant> Variants, string? SkipReason, ProbeCommand? Probe);
