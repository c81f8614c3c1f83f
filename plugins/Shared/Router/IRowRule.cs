using Spud;

namespace Router.Shared;

/// <summary>Which experts a row may have.</summary>
internal interface IRowRule
{
    /// <summary>Makes the probabilities of experts that the row may not have negative infinity. Called for each row once, on any thread.</summary>
    /// <param name="step">The step.</param>
    /// <param name="row">Of the step.</param>
    /// <param name="probabilities">[E]: of all experts.</param>
    void Restrict(in Step step, int row, Span<float> probabilities);
}

/// <summary>All of them.</summary>
internal readonly struct AnyExpert : IRowRule
{
    public void Restrict(in Step step, int row, Span<float> probabilities)
    {
    }
}
