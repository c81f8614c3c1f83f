using Spud.Configuration;
using Spud.Conformance.Depth;
using Spud.Conformance.Discovery;

namespace Spud.Conformance;

/// <summary>Depth policies, over descriptions of models.</summary>
public abstract partial class PluginContract
{
    /// <summary>A policy acts where the pipeline says, and nowhere else.</summary>
    [ContractTheory]
    [OfRole(Roles.Depth)]
    public void Only_named_layers_are_left_out(string component) => DepthChecks.Only_named_layers_are_left_out(Plugin[Roles.Depth, component].CreateDepth);

    /// <summary>Keys depend on the answers: whatever the order of the questions, however often they are asked, and whoever asks, they are the same.</summary>
    [ContractTheory]
    [OfRole(Roles.Depth)]
    public void A_layer_is_left_out_or_not(string component) => DepthChecks.A_layer_is_left_out_or_not(Plugin[Roles.Depth, component].CreateDepth);
}
