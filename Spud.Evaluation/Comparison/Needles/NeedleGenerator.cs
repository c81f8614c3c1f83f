using System.Collections.Immutable;
using Spud.Text.Tokenization;

namespace Spud.Evaluation.Comparison;

/// <summary>Generates contexts of given lengths.</summary>
/// <param name="kind">What is hidden.</param>
/// <param name="tokenizer">The common tokenizer of all models.</param>
/// <param name="borderTokens">Contexts end at a multiple of this number.</param>
/// <param name="settings">Lengths, depths, cases, seed.</param>
internal sealed class NeedleGenerator(NeedleKind kind, Tokenizer tokenizer, int borderTokens, NeedleSettings settings)
{
    /// <summary>By length, then case by case.</summary>
    public IEnumerable<NeedleContext> Contexts()
    {
        // A text holds one passkey; texts of other kinds have a needle at every depth.
        ImmutableArray<double>[] places = kind == NeedleKind.Passkey || settings.QuestionFirst
            ? [.. settings.Depths.Select(depth => ImmutableArray.Create(depth))]
            : [.. settings.Depths.Chunk(NeedleTexts.MaxNeedles(kind)).Select(depths => depths.ToImmutableArray())];
        ulong seed = settings.Seed * 1_000_003;
        foreach (int length in settings.Lengths)
        {
            for (int number = 0; number < settings.Cases; number++)
            {
                foreach (ImmutableArray<double> depths in places)
                    yield return Context(length, depths, seed++);
            }
        }
    }

    private NeedleContext Context(int length, ImmutableArray<double> depths, ulong seed)
    {
        (int low, int high) = (1, NeedleTexts.MaxUnits(kind));
        NeedleContext? context = Fit(length, low, depths, seed)
            ?? throw new ComparisonException($"lengths: {NeedleTask.Generated(kind, settings).Name} do not fit {length} tokens. Use longer contexts.");
        while (low < high)
        {
            int middle = Math.Min(low + (high - low + 1) / 2, 2 * low + 64);
            if (Fit(length, middle, depths, seed) is { } longer)
                (low, context) = (middle, longer);
            else
                high = middle - 1;
        }

        return context;
    }

    /// <summary>A context with a number of units; null if it is too long.</summary>
    private NeedleContext? Fit(int length, int units, ImmutableArray<double> depths, ulong seed)
    {
        (string text, ImmutableArray<NeedleQuestion> questions) = NeedleTexts.Of(kind, units, depths, seed);
        return NeedlePrompt.Make(tokenizer, text, questions, length, borderTokens, settings.QuestionFirst);
    }
}
