using System.Collections.Immutable;
using Spud.Configuration;

namespace Spud.Metering;

/// <summary>What the drafts of a request came to. All rows are billed, accepted or not.</summary>
public sealed class DraftLedger
{
    private readonly long[] _drafted = new long[Draft.MaxTokensOfAny], _accepted = new long[Draft.MaxTokensOfAny];

    internal DraftLedger(DraftPreference prefer) => Prefer = prefer;

    /// <summary>What the lengths of drafts were chosen for.</summary>
    public DraftPreference Prefer { get; }

    /// <summary>What a draft model computed for the request, which is billed with it; null if there was none.</summary>
    public Ledger? Model { get; internal set; }

    /// <summary>Steps that generated tokens, with drafts or without.</summary>
    public long Steps { get; private set; }

    /// <summary>Calls of the drafter; in the other steps no draft was expected to pay.</summary>
    public long Asked { get; private set; }

    /// <summary>Drafted tokens that were verified.</summary>
    public long Drafted { get; private set; }

    /// <summary>Those of them that are part of the text.</summary>
    public long Accepted { get; private set; }

    /// <summary>FLOPs of rejected tokens: of each step, with those of a draft model before it, as large a part as their rows.</summary>
    public long RejectedFlops { get; private set; }

    /// <summary>Mean number of tokens that a step added to the text: 1 without accepted drafts, 0 before the first step.</summary>
    public double TokensPerStep => Steps == 0 ? 0 : (Steps + Accepted) / (double)Steps;

    /// <summary>For each position in a draft, accepted tokens by drafted ones; as long as the longest draft.</summary>
    public ImmutableArray<double> Acceptance => [.. _drafted.TakeWhile(static drafted => drafted > 0).Select((drafted, i) => _accepted[i] / (double)drafted)];

    /// <summary>Number of drafts that had a token at this position.</summary>
    public long DraftedAt(int position) => _drafted[position];

    /// <summary>Number of tokens that were accepted at this position.</summary>
    public long AcceptedAt(int position) => _accepted[position];

    /// <summary>Counts a call of the drafter.</summary>
    internal void AddAsked() => Asked++;

    /// <summary>Adds a step.</summary>
    /// <param name="drafted">Drafted tokens in it.</param>
    /// <param name="accepted">Those of them that were accepted.</param>
    /// <param name="flops">FLOPs of the request's rows in the step, and of a draft model before it.</param>
    internal void Add(int drafted, int accepted, long flops)
    {
        Steps++;
        (Drafted, Accepted) = (Drafted + drafted, Accepted + accepted);
        RejectedFlops += flops * (drafted - accepted) / (1 + drafted);
        for (int i = 0; i < drafted; i++)
        {
            _drafted[i]++;
            _accepted[i] += i < accepted ? 1 : 0;
        }
    }
}
