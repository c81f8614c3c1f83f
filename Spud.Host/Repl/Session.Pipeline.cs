using System.Globalization;
using Spud.Composition;
using Spud.Plugins;

namespace Spud.Host.Repl;

/// <summary>Which pipeline serves.</summary>
internal sealed partial class Session
{
    private readonly SessionModels _models;
    private LanguageModel? _model;
    private HeldTexts? _texts;
    private readonly Dictionary<string, PipelineSource> _sources = [];
    private PipelineSource? _lastSource;
    private bool _isMixed;

    /// <summary>The pipeline; null: none is loaded.</summary>
    public PipelineState? Pipeline { get; private set; }

    /// <summary>What the next pipeline is made from.</summary>
    public PipelineSource Source => _lastSource ?? _setup.Source;

    /// <summary>The plugins that serve the pipeline, for people.</summary>
    public string Plugins => _models.Plugins;

    /// <summary>Every plugin in sight.</summary>
    public IReadOnlyList<PluginStatus> PluginStatuses => _setup.Plugins.Statuses;

    /// <summary>The chat template that conversations are rendered with; null: none.</summary>
    public string? Template => _model?.ChatTemplate?.Source;

    /// <summary>Loads the pipeline that the session was set up with.</summary>
    /// <inheritdoc cref="SessionModels.Load" path="/exception"/>
    public void Open()
    {
        Swap(_setup.Source);
        SavedNames = _saved.Names();
    }

    /// <summary>The same, where somebody reads what went wrong.</summary>
    /// <returns>Whether a pipeline serves now.</returns>
    public bool TryOpen() => Try(Open);

    /// <summary>Goes on with another pipeline. One that cannot be composed leaves the present one at work.</summary>
    /// <param name="source">What it is read from.</param>
    /// <inheritdoc cref="SessionModels.Load" path="/exception"/>
    public void Swap(PipelineSource source)
    {
        LanguageModel model = Working($"loading {source.File ?? "the pipeline"}", () => _models.Load(source, _model));
        (PipelineState? former, HeldTexts? texts, LanguageModel? old) = (Pipeline, _texts, _model);
        try
        {
            Serve(model, source);
            if (former is not null)
                Say($"From the next turn on: {Change(source)}.{(texts is { Tokens: > 0 } && Conversation.Turns.Count > 0 ? $" {KeepOrReread(former, texts)}" : "")}");
        }
        finally
        {
            texts?.Dispose();
            old?.Dispose();
        }
    }

    private static string Change(PipelineSource source) => source.Edits is [.., { Text: { } last }] ? last : source.File ?? "the default pipeline";

    /// <summary>Sets how much compute the next answers are worth; keys and values that depend on it are read again.</summary>
    /// <param name="effort">0 to 1; null: as the pipeline says.</param>
    /// <returns>What that has read again, to be said behind a sentence; empty: nothing.</returns>
    public string SetEffort(float? effort)
    {
        float? before = Effort;
        Settings = _settings with { Effort = effort };
        if (Effort == before || Pipeline?.HasEffort != true || _texts is not { Tokens: > 0 and { } tokens } texts)
            return "";

        texts.Clear();
        return $" {Reread(tokens, "keys and values depend on effort, which changed")}";
    }

    private float? Effort => _settings.Effort ?? _model?.Pipeline.Effort;

    /// <summary>Takes over what is good for the new pipeline; says what, why, and what it will cost otherwise.</summary>
    private string KeepOrReread(PipelineState former, HeldTexts texts)
    {
        IReadOnlyList<string> differences = KeyIdentity.Of(Pipeline!, _settings.Effort).DifferencesFrom(KeyIdentity.Of(former, _settings.Effort));
        if (differences.Count > 0)
            return Reread(texts.Tokens, $"keys and values depend on {string.Join(", ", differences)}, which changed");
        if (!_texts!.TakeOver(texts, out long copiedBytes))
            return Reread(texts.Tokens, "pages in another memory or of another layout, and what components note of a text by themselves, are not handed over");

        bool isSame = former.Frozen.Id == Pipeline!.Frozen.Id;
        _isMixed |= !isSame;
        string how = copiedBytes > 0 ? $"are kept, copied into other pages ({Units.Bytes(copiedBytes)})" : "are kept in place";
        return $"The conversation's {texts.Tokens} tokens {how}: keys and values do not depend on what changed.{(isSame ? "" : " From now on they are of two pipelines.")}";
    }

    private string Reread(int tokens, string reason)
    {
        _isMixed = false;
        return $"The next turn reads the conversation again, {tokens} tokens{Estimate(tokens)}: {reason}.";
    }

    // Seconds by the turn that read most: FLOPs of a token hardly differ between pipelines of a model.
    private string Estimate(int tokens)
    {
        if (Conversation.Turns.MaxBy(static turn => turn.PromptTokens - turn.ReusedTokens) is not { PrefillSpeed: > 0 and { } speed })
            return "";

        return string.Create(CultureInfo.InvariantCulture, $" (about {Units.Compute(CostOfReading(tokens))}, {tokens / speed:0.0} s)");
    }

    // Each token sees one key more than the one before.
    private decimal CostOfReading(int tokens)
    {
        (TokenCost first, TokenCost last) = (Pipeline!.Explanation.Compute.PrefillAtStart, Pipeline.Explanation.Compute.PrefillAtFullContext);
        double perKey = (last.ComputeUnits - first.ComputeUnits) / Math.Max(1, last.Depth - first.Depth);
        return (decimal)(tokens * first.ComputeUnits + perKey * tokens * (tokens - 1) / 2);
    }

    /// <summary>Loads the plugins again and composes the pipeline anew.</summary>
    /// <exception cref="BadInputException">The session was not set up for that, or a plugin cannot be used any more.</exception>
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
        _sources[Pipeline.Frozen.Id] = source;
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
