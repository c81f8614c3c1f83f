namespace Spud.Host.Repl.Screen;

/// <summary>What a text that is being typed may go on with.</summary>
/// <param name="Begin">Where the part begins that is replaced.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Candidates">At least one.</param>
internal sealed record Completion(int Begin, int End, IReadOnlyList<Candidate> Candidates)
{
    /// <summary>What all candidates begin with.</summary>
    public string CommonBegin
    {
        get
        {
            ReadOnlySpan<char> common = Candidates[0].Text;
            foreach (Candidate candidate in Candidates)
                common = common[..common.CommonPrefixLength(candidate.Text)];

            return common.ToString();
        }
    }
}

/// <summary>A way to go on.</summary>
/// <param name="Text">Put in the place of the part.</param>
/// <param name="Description">What it is; empty: nothing to say.</param>
internal sealed record Candidate(string Text, string Description = "");
