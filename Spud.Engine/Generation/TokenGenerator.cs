using Spud.Execution;
using Spud.Metering;
using Spud.Sampling;

namespace Spud.Generation;

/// <summary>
/// Reads a prompt in chunks and produces one token after another. From the entry of a decode step to the sampled id nothing managed is
/// allocated.
/// </summary>
/// <param name="engine">Runs the steps.</param>
/// <param name="sequence">The text; owned by the caller.</param>
/// <param name="batch">For the steps; owned by the caller.</param>
/// <param name="sampler">Chooses.</param>
public sealed class TokenGenerator(Engine engine, Sequence sequence, Batch batch, Sampler sampler)
{
    /// <summary>Reads a prompt, as many rows at a time as the pipeline takes, and chooses the first token.</summary>
    /// <param name="prompt">At least one id.</param>
    /// <param name="reused">Ids at its beginning that the sequence holds already; fewer than all.</param>
    /// <exception cref="ContextOverflowException">Prompt and past are longer than the context; nothing was read.</exception>
    /// <exception cref="BudgetExceededException">The prompt may cost more than the budget has left; nothing was read.</exception>
    /// <exception cref="OperationCanceledException">The sequence was cancelled; what was read so far stays.</exception>
    public int Read(ReadOnlySpan<int> prompt, int reused = 0)
    {
        int whole = sequence.Tokens + prompt.Length - reused;
        if (whole > batch.ContextTokens)
            throw new ContextOverflowException(whole, batch.ContextTokens);

        sequence.RequirePrompt(prompt.Length - reused);
        foreach (int id in prompt)
            sampler.Accept(id);

        prompt = prompt[reused..];
        int rows = batch.MaxRows;
        for (; prompt.Length > rows; prompt = prompt[rows..])
            Run(prompt[..rows], Phase.Prefill, LogitRows.None);

        Run(prompt, Phase.Prefill, LogitRows.Last);
        return Choose();
    }

    /// <summary>Appends the token chosen last and chooses the next.</summary>
    /// <exception cref="OperationCanceledException">The sequence was cancelled.</exception>
    public int Next(int token)
    {
        Run([token], Phase.Decode, LogitRows.Last);
        return Choose();
    }

    private void Run(ReadOnlySpan<int> tokens, Phase phase, LogitRows logits)
    {
        batch.Clear();
        batch.Add(sequence, tokens, phase, logits);
        engine.Run(batch);
    }

    private int Choose()
    {
        int token = sampler.Sample(batch.Logits(0));
        sampler.Accept(token);
        return token;
    }
}
