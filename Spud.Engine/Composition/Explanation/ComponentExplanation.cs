using System.Collections.Immutable;
using System.Text.Json;
using Spud.Configuration;

namespace Spud.Composition;

/// <summary>A component and its place in the pipeline.</summary>
public sealed record ComponentExplanation
{
    /// <summary>One of <see cref="Roles"/>.</summary>
    public required string Role { get; init; }

    /// <summary>Its name in the role.</summary>
    public required string Name { get; init; }

    /// <summary>The plugin's id.</summary>
    public required string Plugin { get; init; }

    /// <summary>The plugin's version.</summary>
    public required string Version { get; init; }

    /// <summary>The plugin's folder.</summary>
    public required string Folder { get; init; }

    /// <summary>Layers that it serves, "0-3,5"; "all" for a head or cache.</summary>
    public required string Layers { get; init; }

    /// <summary>"prefill", "decode" or "both".</summary>
    public required string Phase { get; init; }

    /// <summary>All resolved options, including defaults.</summary>
    public required JsonElement Options { get; init; }

    /// <summary>Whether the result of a row is bitwise independent of its neighbours.</summary>
    public required bool RowInvariant { get; init; }

    /// <summary>For a router, maximum experts per row; null for other components.</summary>
    public required int? ExpertsAtMost { get; init; }

    /// <summary>For a router, average experts per row over its layers, if known from a calibration.</summary>
    public required double? ExpertsExpected { get; init; }

    /// <summary>The component that is built on it and calls it; null if the pipeline calls it.</summary>
    public string? Within { get; init; }

    /// <summary>Path of its pack; null if none.</summary>
    public string? Pack { get; init; }

    /// <summary>Decorators of an attention's fold with their options, outermost first; empty for other components.</summary>
    public ImmutableArray<DecoratorExplanation> Folds { get; init; } = [];

    /// <summary>Its memory domain.</summary>
    public required string Domain { get; init; }

    /// <summary>Number of tensors taken from the model.</summary>
    public required int Weights { get; init; }

    /// <summary>Bytes of the model file that it keeps reading.</summary>
    public required long MappedBytes { get; init; }

    /// <summary>Memory it owns for its lifetime: weights that it expanded or packed.</summary>
    public required long OwnBytes { get; init; }

    /// <summary>Additional memory used by a native library, as estimated by its author.</summary>
    public required long NativeBytes { get; init; }

    /// <summary>Its share of the arena, which components use in turn.</summary>
    public required long WorkspaceBytes { get; init; }
}

/// <summary>A decorator of an attention's fold.</summary>
/// <param name="Name">"plugin-id/name".</param>
/// <param name="Options">All resolved options, including defaults.</param>
public sealed record DecoratorExplanation(string Name, JsonElement Options);
