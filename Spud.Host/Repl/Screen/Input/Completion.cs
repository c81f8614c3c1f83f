namespace Spud.Host.Repl.Screen;

/// <summary>Completions of the text being typed.</summary>
/// <param name="Begin">Start of the replaced part.</param>
/// <param name="End">End of the replaced part.</param>
/// <param name="Candidates">At least one.</param>
internal sealed record Completion(int Begin, int End, IReadOnlyList<Candidate> Candidates)
{
    /// <summary>The common beginning of all candidates.</summary>
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

/// <summary>One completion.</summary>
/// <param name="Text">The replacement.</param>
/// <param name="Description">Description; may be empty.</param>
internal sealed record Candidate(string Text, string Description = "");
