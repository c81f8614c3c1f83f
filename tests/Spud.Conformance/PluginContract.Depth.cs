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

    /// <summary>Rows leave where the pipeline says, and nowhere else; what that costs is a cost.</summary>
    [ContractTheory]
    [OfRole(Roles.Depth)]
    public void Rows_leave_behind_named_layers(string component) => ExitChecks.Rows_leave_behind_named_layers(Plugin[Roles.Depth, component].CreateDepth);

    /// <summary>Whether a row leaves depends on neither the other rows of its step nor what was decided before, and its numbers stay as they were.</summary>
    [ContractTheory]
    [OfRole(Roles.Depth)]
    public void A_row_leaves_or_stays_whatever_its_company(string component) => ExitChecks.A_row_leaves_or_stays_whatever_its_company(Plugin[Roles.Depth, component].CreateDepth);

    /// <summary>A row is finished the same way whatever others are, and all of its numbers are finite.</summary>
    [ContractTheory]
    [OfRole(Roles.Depth)]
    public void A_row_is_finished_whatever_its_company(string component) => ExitChecks.A_row_is_finished_whatever_its_company(Plugin[Roles.Depth, component].CreateDepth);

    /// <summary>Neither call allocates.</summary>
    [ContractTheory]
    [OfRole(Roles.Depth)]
    public void Leaving_allocates_nothing(string component) => ExitChecks.Leaving_allocates_nothing(Plugin[Roles.Depth, component].CreateDepth);
}
