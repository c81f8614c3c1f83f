using System.Globalization;
using Spud.Composition;
using Spud.Execution;
using Spud.Plugins;
using Spud.Text.ChatTemplates;

namespace Spud.Host.Repl;

/// <summary>The session's pipeline.</summary>
internal sealed partial class Session
{
    private readonly SessionModels _models;
    private LanguageModel? _model;
    private HeldTexts? _texts;
    private PipelineSource? _lastSource;
    private bool _isMixed;

    /// <summary>The pipeline; null if none is loaded.</summary>
    public PipelineState? Pipeline { get; private set; }

    /// <summary>The source of the next pipeline.</summary>
    public PipelineSource Source => _lastSource ?? _setup.Source;

    /// <summary>The plugins that the pipeline uses, as text.</summary>
    public string Plugins => _models.Plugins;

    /// <summary>All plugins found.</summary>
    public IReadOnlyList<PluginStatus> PluginStatuses => _setup.Plugins.Statuses;

    /// <summary>The chat template that conversations are rendered with; null if none.</summary>
    public string? Template => _model?.ChatTemplate?.Source;

    /// <summary>Loads the pipeline that the session was set up with.</summary>
    /// <inheritdoc cref="SessionModels.Load" path="/exception"/>
    public void Open()
    {
        Swap(_setup.Source);
        SavedNames = _saved.Names();
    }

    /// <summary>The same, but reports failures instead of throwing.</summary>
    /// <returns>Whether a pipeline is loaded now.</returns>
    public bool TryOpen() => Try(Open);

    /// <summary>Switches to another pipeline. If it cannot be composed, the current one stays in use.</summary>
    /// <param name="source">Its source.</param>
    /// <inheritdoc cref="SessionModels.Load" path="/exception"/>
    public void Swap(PipelineSource source)
    {
        LanguageModel model = Working($"loading {source.File ?? "the pipeline"}", () => _models.Load(source, _model));
        (PipelineState? former, HeldTexts? texts, LanguageModel? old) = (Pipeline, _texts, _model);
        try
        {
            Serve(model, source);
            if (former is not null)
                Say($"From the next turn on: {Change(source)}.{(texts is { Tokens: > 0 } && Conversation.Turns.Count > 0 ? $" {KeepOrReread(former, old!, texts)}" : "")}");
        }
        finally
        {
            texts?.Dispose();
            old?.Dispose();
        }
    }

    private static string Change(PipelineSource source) => source.Edits is [.., { Text: { } last }] ? last : source.File ?? "the default pipeline";

    /// <summary>Sets how much compute the next answers are worth; keys and values that depend on it are read again.</summary>
    /// <param name="effort">0 to 1; null for the pipeline's.</param>
    /// <returns>What has to be read again, to append to a message; empty for nothing.</returns>
    public string SetEffort(float? effort)
    {
        float? before = Effort;
        Settings = _settings with { Effort = effort };
        if (Effort == before || _model is null || !_model.Pipeline.KeysDependOnEffort || _texts is not { Tokens: > 0 and { } tokens } texts)
            return "";

        texts.Clear();
        return $" {Reread(tokens, "keys and values depend on effort, which changed")}";
    }

    private float? Effort => _settings.Effort ?? _model?.Pipeline.Effort;

    /// <summary>Takes over keys and values that the new pipeline can use, and reports what was kept, what was not and why, and the cost.</summary>
    private string KeepOrReread(PipelineState former, LanguageModel old, HeldTexts texts)
    {
        IReadOnlyList<string> differences = _model!.Pipeline.KeysAt(_settings.Effort).DifferencesFrom(old.Pipeline.KeysAt(_settings.Effort));
        if (differences.Count > 0)
            return Reread(texts.Tokens, $"keys and values depend on {string.Join(", ", differences)}, which changed");
        if (_texts!.TakeOver(texts, out long copiedBytes) is { } refusal)
            return Reread(texts.Tokens, $"keys and values do not depend on what changed, but cannot be handed over, because {refusal}");

        bool isSame = former.Frozen.Id == Pipeline!.Frozen.Id;
        _isMixed |= !isSame;
        string how = copiedBytes > 0 ? $"are kept, copied into other pages ({Units.Bytes(copiedBytes)})" : "are kept in place";
        return $"The conversation's {texts.Tokens} tokens {how}: keys and values do not depend on what changed.{(isSame ? "" : " From now on they are of two pipelines.")}";
    }

    /// <summary>Reports, before the next turn reads it, that the conversation is not in memory.</summary>
    private void TellOfReading()
    {
        if (_model is null || Conversation.Turns is not [.., { } last])
            return;

        try
        {
            int[] prompt = _model.Encode(_model.Render(Conversation.Before(last.Number).With(_model, last.Question)));
            int unread = prompt.Length - _texts!.Held(prompt);
            if (unread > 1)
                Say($"The next turn reads {unread + last.GeneratedTokens} tokens of the conversation{Estimate(unread + last.GeneratedTokens)}: their keys and values are not in memory.");
        }
        catch (Exception refused) when (refused is TemplateException or ContextOverflowException)
        {
            Say($"The present pipeline cannot go on with this conversation: {refused.Message}", NoticeKind.Warning);
        }
    }

    private string Reread(int tokens, string reason)
    {
        _isMixed = false;
        return $"The next turn reads the conversation again, {tokens} tokens{Estimate(tokens)}: {reason}.";
    }

    // Seconds are estimated from the turn that read most: FLOPs per token hardly differ between pipelines of a model.
    private string Estimate(int tokens)
    {
        if (Conversation.Turns.MaxBy(static turn => turn.PromptTokens - turn.ReusedTokens) is not { PrefillSpeed: > 0 and { } speed })
            return "";

        return string.Create(CultureInfo.InvariantCulture, $" (about {Units.Compute(CostOfReading(tokens))}, {tokens / speed:0.0} s)");
    }

    // Each token sees one more key than the previous one.
    private decimal CostOfReading(int tokens)
    {
        (TokenCost first, TokenCost last) = (Pipeline!.Explanation.Compute.PrefillAtStart, Pipeline.Explanation.Compute.PrefillAtFullContext);
        double perKey = (last.ComputeUnits - first.ComputeUnits) / Math.Max(1, last.Depth - first.Depth);
        return (decimal)(tokens * first.ComputeUnits + perKey * tokens * (tokens - 1) / 2);
    }

    /// <summary>Reloads the plugins and composes the pipeline again.</summary>
    /// <exception cref="BadInputException">The session was started without --reload, or a plugin can no longer be used.</exception>
    /// <inheritdoc cref="SessionModels.Load" path="/exception"/>
    public void Reload()
    {
        if (!_setup.Reloads)
            throw new BadInputException("/reload needs a chat started with: spud chat --reload");

        PipelineSource source = _lastSource ?? _setup.Source;
        StopComparing();
        LetGo();
        Report(new PipelineChanged(null));
        Serve(Working("loading the plugins again", () => _models.LoadAgain(source)), source);
    }

    private void Serve(LanguageModel model, PipelineSource source)
    {
        (_model, _texts, _lastSource) = (model, new(model.Engine, model.Pipeline.Limits.ContextTokens), source);
        Pipeline = PipelineState.Of(source, model.Pipeline, _setup.Plugins);
        Report(new PipelineChanged(Pipeline));
    }

    private void LetGo()
    {
        (HeldTexts? texts, LanguageModel? model) = (_texts, _model);
        (_texts, _model, Pipeline, _isMixed) = (null, null, null, false);
        texts?.Dispose();
        model?.Dispose();
    }

    private LanguageModel Model() => _model
        ?? throw new BadInputException("no pipeline is loaded, so nothing can answer. Load one with /model FILE or /pipeline FILE, or enter /reload where plugins are reloaded.");

    private T Working<T>(string what, Func<T> work)
    {
        Report(new Progress(what));
        try
        {
            return work();
        }
        finally
        {
            Report(new Progress(null));
        }
    }
}
