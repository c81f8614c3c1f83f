using Spud.Metering;
using Spud.Models;
using Spud.Plugins;

namespace Spud.Execution;

/// <summary>A drafter as the loop calls it: if it throws, or proposes what is no draft, that is said once, and there are no drafts from then on.</summary>
internal sealed class TokenDrafter : IDisposable
{
    private readonly IDrafter _drafter;
    private readonly Action<string>? _log;
    private bool? _draws;

    /// <param name="drafter">Disposed with this object.</param>
    /// <param name="name">Its name, for people.</param>
    /// <param name="maxTokens">Its <see cref="IDrafter.MaxTokens"/>, checked.</param>
    /// <param name="log">Told once if it is faulty.</param>
    public TokenDrafter(IDrafter drafter, string name, int maxTokens, Action<string>? log) => (_drafter, Name, MaxTokens, _log) = (drafter, name, maxTokens, log);

    /// <summary>"plugin-id/name".</summary>
    public string Name { get; }

    /// <summary>Maximum number of tokens of a draft.</summary>
    public int MaxTokens { get; }

    /// <summary>How its plugin registered it; null without a plugin.</summary>
    public RegisteredComponent? Registered { get; init; }

    /// <summary>Its bound options; null likewise.</summary>
    public object? Options { get; init; }

    /// <summary>The model that it asks; null for none. Disposed with this object.</summary>
    public DraftModel? Model { get; init; }

    /// <summary>Its own memory; null for none. Disposed with this object.</summary>
    public MemoryAccount? Memory { get; init; }

    /// <summary>Its pack; null for none. Disposed with this object.</summary>
    public PackFile? Pack { get; init; }

    /// <summary>What it computes itself for each token of a draft.</summary>
    public RowCost Cost { get; init; }

    /// <summary>Whether it reads final hidden rows.</summary>
    public bool ReadsHidden { get; init; }

    /// <summary>Whether it draws tokens from distributions of its own if the text's are drawn; assumed until its first draft for such a text shows otherwise.</summary>
    public bool MayDraw => _draws is not false;

    /// <summary>Whether it still drafts.</summary>
    public bool IsActive { get; private set; } = true;

    /// <summary>Guesses the next tokens of a text; the draft stays empty if the drafter is faulty.</summary>
    /// <param name="text">The text.</param>
    /// <param name="draft">Empty, with its maximum number of tokens.</param>
    /// <param name="payer">Ledger of the request, which pays for what the draft model computes.</param>
    public void Propose(in DraftText text, Draft draft, Ledger payer)
    {
        try
        {
            Model?.Payer = payer;
            if (IsActive)
                _drafter.Propose(text, draft);

            if (draft.Count > 0 && text.Temperature > 0)
                _draws = _draws is true || !draft.Choices(0).IsEmpty;
        }
        catch (OperationCanceledException) when (text.Cancellation.IsCancellationRequested)
        {
            draft.Begin(0);
        }
        catch (Exception thrown)
        {
            // Plugin code may throw anything; whatever it is, the request goes on.
            IsActive = false;
            draft.Begin(0);
            _log?.Invoke($"drafter '{Name}': it threw {PluginException.Describe(thrown)} Requests go on without drafts until the pipeline is loaded again.");
        }
    }

    /// <summary>Disposes the drafter, and what it was given.</summary>
    public void Dispose()
    {
        try
        {
            _drafter.Dispose();
        }
        finally
        {
            Model?.Dispose();
            Pack?.Dispose();
            Memory?.Dispose();
        }
    }
}
