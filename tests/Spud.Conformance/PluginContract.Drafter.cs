using Spud.Configuration;
using Spud.Conformance.Discovery;
using Spud.Conformance.Drafting;

namespace Spud.Conformance;

/// <summary>Drafters, over texts without a model.</summary>
public abstract partial class PluginContract
{
    /// <summary>A draft has at most as many tokens as were asked for, all in the vocabulary, with distributions that are in form.</summary>
    [ContractTheory]
    [OfRole(Roles.Drafter)]
    public void Drafts_are_in_form(string component) => DrafterChecks.Drafts_are_in_form(Plugin[Roles.Drafter, component].CreateDrafter);

    /// <summary>Neither other sequences nor what the text was before matter, and equal texts get equal drafts.</summary>
    [ContractTheory]
    [OfRole(Roles.Drafter)]
    public void A_draft_depends_on_its_text_alone(string component) => DrafterChecks.A_draft_depends_on_its_text_alone(Plugin[Roles.Drafter, component].CreateDrafter);

    /// <summary>A call allocates nothing.</summary>
    [ContractTheory]
    [OfRole(Roles.Drafter)]
    public void A_draft_allocates_nothing(string component) => DrafterChecks.A_draft_allocates_nothing(Plugin[Roles.Drafter, component].CreateDrafter);
}
