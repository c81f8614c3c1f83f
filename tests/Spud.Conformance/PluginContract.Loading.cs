using Spud.Configuration;
using Spud.Conformance.Discovery;
using Spud.Plugins;
using Xunit;

namespace Spud.Conformance;

/// <summary>Loading, and whether the suites cover what was loaded.</summary>
public abstract partial class PluginContract
{
    private static readonly string[] s_roles = [Roles.Head, Roles.Attention, Roles.Cache, Roles.Router, Roles.Experts, Roles.Fold, Roles.Scheduler, Roles.Drafter, Roles.Depth];

    /// <summary>Manifest, contract, code, probe and registration are in order.</summary>
    [Fact]
    public void The_plugin_loads()
    {
        Assert.SkipWhen(Plugin.SkipReason is not null, Plugin.SkipReason ?? "");
        Assert.True(Plugin.Status.State == PluginState.Active, $"plugin {Plugin.Status}");
        Assert.Empty(Plugin.Status.Notes);
    }

    /// <summary>No component goes untested, and no variant names one that is not there.</summary>
    [Fact]
    public void Every_component_has_a_suite()
    {
        Assert.SkipWhen(Plugin.SkipReason is not null, Plugin.SkipReason ?? "");
        Assert.NotEmpty(Plugin.Subjects);
        Assert.Empty(Plugin.Subjects.Select(subject => subject.Role).Except(s_roles));
        string[] known = [.. Plugin.Subjects.Select(subject => $"{subject.Role} {subject.Variant.Component}")];
        Assert.Empty(Variants.Select(variant => $"{variant.Role} {variant.Component}").Except(known));
        Assert.Equal(Plugin.Subjects.Length, Plugin.Subjects.Select(subject => $"{subject.Role} {subject.Label}").Distinct().Count());
    }

    /// <summary>Prints the reasons why results may be further off than f32's roundings, or are not compared at all.</summary>
    [Fact]
    public void Concessions_have_reasons()
    {
        foreach (Subject subject in Plugin.Subjects)
        {
            if (subject.Tolerance.IsWidened)
                Concede($"{subject.Role} {subject.Label}: tolerance {subject.Tolerance}", subject.Tolerance.Why);
            if (subject.Variant.OwnRouting is { } own)
                Concede($"{subject.Role} {subject.Label}: not compared with the model's own routing: {own}", own);
            if (subject.Variant.Allocation is { BytesPerCall: > 0 } or { BytesPerToken: > 0 })
                Concede($"{subject.Role} {subject.Label}: allocates up to {subject.Variant.Allocation.BytesPerCall} bytes per call and {subject.Variant.Allocation.BytesPerToken} per token: {subject.Variant.Allocation.Why}", subject.Variant.Allocation.Why);
        }
    }

    private static void Concede(string line, string reason)
    {
        Assert.False(string.IsNullOrWhiteSpace(reason), $"{line}: no reason is given");
        TestContext.Current.AddWarning(line);
    }
}
