using Spud.Generation;

namespace Spud.Server.Generation;

/// <summary>Options of one of several choices.</summary>
internal static class ChoiceOptions
{
    /// <summary>The same options with a seed of their own: with one seed, all choices would be one text.</summary>
    public static GenerationOptions Of(GenerationOptions options, int index) => index == 0 || options.Sampling.Seed is not { } seed ? options : new()
    {
        MaxTokens = options.MaxTokens,
        Sampling = options.Sampling with { Seed = unchecked(seed + (ulong)index) },
        Budget = options.Budget,
        Effort = options.Effort,
        Prefer = options.Prefer,
        StopStrings = options.StopStrings,
        StopTokens = options.StopTokens,
        IgnoreEndOfGeneration = options.IgnoreEndOfGeneration,
        Constraint = options.Constraint,
        Job = options.Job,
        PrefixSharing = options.PrefixSharing,
    };
}
