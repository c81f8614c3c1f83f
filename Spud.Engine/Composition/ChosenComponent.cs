using System.Collections.Frozen;
using System.Collections.Immutable;
using Spud.Configuration;
using Spud.Plugins;

namespace Spud.Composition;

/// <summary>A component named by a document, found and with its options bound, before it is built.</summary>
/// <param name="Registered">The component.</param>
/// <param name="Options">The bound options.</param>
/// <param name="Offer">What it can do with these options.</param>
/// <param name="Entry">The entry that names it.</param>
/// <param name="Layers">Layers that it serves in any phase, ascending; may be empty.</param>
internal sealed record ChosenComponent(RegisteredComponent Registered, object Options, Offer Offer, RoleEntry Entry, ImmutableArray<int> Layers)
{
    /// <summary>Decorators of an attention's fold, outermost first.</summary>
    public ImmutableArray<ChosenComponent> Folds { get; init; } = [];

    /// <summary>The components named by its options.</summary>
    public FrozenDictionary<ComponentSpec, ChosenComponent> Inner { get; init; } = FrozenDictionary<ComponentSpec, ChosenComponent>.Empty;

    public bool Serves(int layer, Phase phase) => Entry.Serves(layer, phase);
}
