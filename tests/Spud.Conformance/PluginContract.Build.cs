using Spud.Configuration;
using Spud.Conformance.Discovery;
using Spud.Conformance.Fixtures;
using Spud.Conformance.Rigs;
using Xunit;

namespace Spud.Conformance;

/// <summary>Building, refusing, and letting go.</summary>
public abstract partial class PluginContract
{
    /// <summary>A model with a trait of the role that nobody knows is refused by name, before anything is built.</summary>
    [ContractTheory]
    [OfRoles(Roles.Head, Roles.Attention, Roles.Router, Roles.Experts)]
    public void A_trait_that_is_not_known_refuses_the_model(string role, string component)
    {
        string trait = $"{role}.made-up";
        TestModel model = new() { Experts = 4, ExpertsUsed = 2, Traits = new() { [trait] = 1 } };
        ConfigurationException refusal = Assert.Throws<ConfigurationException>(() => Plugin[role, component].Bind(model.Describe()));
        Assert.Contains(trait, refusal.Message);
        // A decorator knows what the component inside it knows: that one may be named.
        Assert.Contains("' does not know ", refusal.Message);
        if (!Plugin[role, component].Bind().IsBuiltOnOthers)
            Assert.Contains(Plugin[role, component].FullName!, refusal.Message);
    }

    /// <summary>A trait that an offer lists belongs to its role: any other would be checked by nobody.</summary>
    [ContractTheory]
    [OfRoles(Roles.Head, Roles.Attention, Roles.Cache, Roles.Router, Roles.Experts)]
    public void An_offer_speaks_of_its_own_role(string role, string component)
    {
        Offer offer = Plugin[role, component].Offer;
        Assert.All(offer.Knows, trait => Assert.StartsWith(role + ".", trait));
        Assert.Equal(offer.Knows.Length, offer.Knows.Distinct().Count());
        Assert.Equal(role == Roles.Attention, !offer.PageTypes.IsEmpty);
        Assert.True(role == Roles.Attention || offer.DefaultCache is null, "Offer.DefaultCache is for attentions only");
    }

    /// <summary>A weight that is missing ends the build with the file's message, and the next build is none the worse.</summary>
    [ContractTheory]
    [OfRoles(Roles.Head, Roles.Attention, Roles.Router, Roles.Experts)]
    public void A_build_that_fails_leaves_the_next_one_alone(string role, string component)
    {
        Subject subject = Plugin[role, component];
        IReadOnlyList<Output> expected;
        int taken;
        using (IRig rig = RigFactory.Open(subject))
            (expected, taken) = (Ran(rig), rig.Build.Taken.Count);

        for (int there = 0; there < taken; there++)
        {
            Exception? fault = Record.Exception(() => RigFactory.Open(subject, settings => settings with { WeightsThere = there }).Dispose());
            Assert.True(fault is RefusedException && fault.Message.Contains("the model has no tensor"), $"with {there} of {taken} weights: expected the refusal of the missing one, got {fault?.GetType().Name ?? "none"}: {fault?.Message}");
        }

        using IRig again = RigFactory.Open(subject);
        RequireSame(expected, Ran(again), null);
    }

    /// <summary>A component can be built, used and disposed again and again; what it took through the build context is given back, and no call comes after.</summary>
    [ContractTheory]
    [OfRoles(Roles.Head, Roles.Attention, Roles.Router, Roles.Experts)]
    public void Components_come_and_go(string role, string component)
    {
        Subject subject = Plugin[role, component];
        IReadOnlyList<Output>? expected = null;
        for (int i = 0; i < 5; i++)
        {
            // One lives on while another is disposed.
            using IRig rig = RigFactory.Open(subject), unused = RigFactory.Open(subject);
            IReadOnlyList<Output> got = Ran(rig);
            RequireSame(expected ?? got, got, null);
            expected ??= got;
        }
    }

    /// <summary>The components of a backend on one device share one domain, or the host would copy between them.</summary>
    [Fact]
    public void Domains_of_one_name_are_one_object()
    {
        Dictionary<string, IMemoryDomain> domains = [];
        foreach (Subject subject in Plugin.Subjects.Where(subject => subject.SkipReason is null && subject.Role is not (Roles.Cache or Roles.Fold or Roles.Scheduler or Roles.Drafter or Roles.Depth)))
        {
            using TestBuild build = new(RigFactory.ModelFor(subject).Describe());
            using IComponent component = (IComponent)subject.Create(build);
            Assert.Equal(component.Domain.IsHost, ReferenceEquals(component.Domain, build.Host));
            if (!component.Domain.IsHost && !domains.TryAdd(component.Domain.Name, component.Domain))
                Assert.Same(domains[component.Domain.Name], component.Domain);
        }
    }
}
