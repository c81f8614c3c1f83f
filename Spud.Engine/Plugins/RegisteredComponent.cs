using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spud.Configuration;
using Spud.Models.Messages;

namespace Spud.Plugins;

/// <summary>A component registered by an active plugin.</summary>
internal sealed class RegisteredComponent
{
    /// <summary>One of <see cref="Roles"/>.</summary>
    public required string Role { get; init; }

    /// <summary>Its name among the plugin's components of the role.</summary>
    public required string Name { get; init; }

    /// <summary>The plugin's id.</summary>
    public required string PluginId { get; init; }

    /// <summary>The plugin's version.</summary>
    public required string PluginVersion { get; init; }

    /// <summary>The plugin's folder.</summary>
    public required string Folder { get; init; }

    /// <summary>What it offers with any options; <see cref="Offers"/> gives what else it offers.</summary>
    public required Offer Offer { get; init; }

    /// <summary>What it offers with specific options; null for only <see cref="Offer"/>.</summary>
    public Func<object, IOffers, Offer>? Offers { get; init; }

    /// <summary>Type information of its options.</summary>
    public required JsonTypeInfo Options { get; init; }

    /// <summary>Bound options as JSON: equal for equal options.</summary>
    public string TextOf(object options) => JsonSerializer.Serialize(options, Options);

    /// <summary>Builds it from bound options.</summary>
    public required Func<object, IBuildContext, IDisposable> Create { get; init; }

    /// <summary>Builds a fold decorator from bound options; null for a component of a role.</summary>
    public Func<object, IFoldBuildContext, Func<FoldRank, IFold>, IFold>? CreateFold { get; init; }

    /// <summary>Builds a scheduler from bound options; null for any other component.</summary>
    public Func<object, IScheduler>? CreateScheduler { get; init; }

    /// <summary>Builds a drafter from bound options; null for any other component.</summary>
    public Func<object, DrafterBuild, IDrafter>? CreateDrafter { get; init; }

    /// <summary>Builds a depth policy from bound options; null for any other component.</summary>
    public Func<object, DepthBuild, IDepth>? CreateDepth { get; init; }

    /// <summary>"plugin-id/name": unique.</summary>
    public string FullName => $"{PluginId}/{Name}";

    /// <summary>What it offers.</summary>
    /// <param name="options">The bound options.</param>
    /// <param name="others">Provides the offers of its inner components.</param>
    /// <exception cref="CompositionException">The plugin threw.</exception>
    public Offer OfferFor(object options, IOffers others) => Offers is null ? Offer : Ask("the offer", () => Offers(options, others) ?? throw new InvalidOperationException("it is null"));

    /// <summary>Calls a member of the component, which is plugin code.</summary>
    /// <param name="member">Name of the member, for the message.</param>
    /// <param name="question">Calls the member.</param>
    /// <exception cref="CompositionException">It threw; the message contains the component's name.</exception>
    public T Ask<T>(string member, Func<T> question)
    {
        try
        {
            return question();
        }
        catch (Exception fault) when (fault is not CompositionException)
        {
            string what = fault is RefusedException ? $": {ThrownText.Of(fault)}" : $": {member} threw {PluginException.Describe(fault)}";
            throw new CompositionException($"{Role} '{FullName}'{what}", fault);
        }
    }
}
