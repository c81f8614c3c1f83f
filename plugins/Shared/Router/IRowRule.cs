using Spud;

namespace Router.Shared;

/// <summary>The experts that a row may use.</summary>
internal interface IRowRule
{
    /// <summary>Sets the probabilities of experts that the row may not use to negative infinity. Called once for each row, on any thread.</summary>
    /// <param name="step">The step.</param>
    /// <param name="row">Row of the step.</param>
    /// <param name="probabilities">[E]: the probabilities of all experts.</param>
    void Restrict(in Step step, int row, Span<float> probabilities);
}

/// <summary>Allows all experts.</summary>
internal readonly struct AnyExpert : IRowRule
{
    public void Restrict(in Step step, int row, Span<float> probabilities)
    {
    }
}
