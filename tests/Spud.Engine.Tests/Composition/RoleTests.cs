using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Spud.Configuration;
using Spud.Metering;
using Spud.Plugins;
using Xunit;

namespace Spud.Tests.Composition;

/// <summary>A role is described once; what cannot be derived from its description must still know it.</summary>
public sealed class RoleTests
{
    [Fact]
    public void Slots_follow_the_order_of_the_forward_pass()
    {
        Assert.Equal(["head", "attention", "cache", "router", "experts"], Roles.All);
        Assert.Equal(Enumerable.Range(0, Role.All.Length), Role.All.Select(role => role.Slot));
        Assert.Equal(Role.All, Role.All.Select(role => Role.Of(role.Name)));
    }

    [Fact]
    public void An_unknown_role_is_refused_with_the_known_ones() =>
        Assert.StartsWith("Unknown role 'heads'. Known: head, attention, cache, router, experts.", Assert.Throws<ArgumentException>(() => Role.Of("heads")).Message);

    [Fact]
    public void Every_role_can_be_registered_named_in_a_manifest_and_priced()
    {
        Assert.Equal(
            Role.All.Select(role => role.Interface),
            typeof(IPluginRegistry).GetMethods().Where(method => method.Name is not ("AddFold" or "AddScheduler" or "AddDrafter" or "AddDepth")).Select(method => method.GetParameters()[^1].ParameterType.GenericTypeArguments[^1]).Distinct());
        Assert.Equal([.. Roles.All, Roles.Fold, Roles.Scheduler, Roles.Drafter, Roles.Depth], typeof(ManifestComponents).GetProperties().Select(property => property.Name.ToLowerInvariant()));
        object?[] priced = typeof(RateSettings).GetProperty(nameof(RateSettings.Role))!.GetCustomAttribute<AllowedValuesAttribute>()!.Values;
        Assert.Equal([null, .. Roles.All], priced);
    }
}
