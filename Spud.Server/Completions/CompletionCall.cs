using Spud.Generation;
using Spud.Server.Generation;
using Spud.Server.Http;
using Spud.Server.Jobs;
using Spud.Server.Models;

namespace Spud.Server.Completions;

/// <summary>A completion request, read and checked.</summary>
internal sealed class CompletionCall
{
    /// <summary>The API's default.</summary>
    private const int DefaultMaxTokens = 16;

    private static readonly Dictionary<string, string> s_refused = new(StringComparer.Ordinal)
    {
        ["suffix"] = "filling in is not supported: the models continue a text.",
        ["tools"] = "use /v1/chat/completions.",
    };

    private CompletionCall(ModelLease lease, IReadOnlyList<int[]> prompts, GenerationOptions options, Order order) => (Lease, Prompts, Options, Order) = (lease, prompts, options, order);

    /// <summary>Who asks, and what it costs.</summary>
    public Order Order { get; }

    /// <summary>The model.</summary>
    public ModelLease Lease { get; }

    /// <summary>The texts to continue, as ids.</summary>
    public IReadOnlyList<int[]> Prompts { get; }

    /// <summary>How they are continued.</summary>
    public GenerationOptions Options { get; }

    /// <summary>Continuations of each text.</summary>
    public int PerPrompt { get; private init; }

    /// <summary>Number of all continuations.</summary>
    public int Choices => PerPrompt * Prompts.Count;

    /// <summary>Alternatives to show per token; null for no log-probabilities.</summary>
    public int? Logprobs { get; private init; }

    /// <summary>Whether an answer begins with its prompt.</summary>
    public bool Echoes { get; private init; }

    /// <summary>Reads a request.</summary>
    /// <exception cref="ApiException">A field is wrong.</exception>
    public static CompletionCall Read(in Fields fields, ModelLease lease, int maxChoices, Order order)
    {
        GenerationFields.Refuse(fields, s_refused);
        int choices = (int)(fields.Integer("n", 1, maxChoices) ?? 1);
        if (fields.Integer("best_of", 1, maxChoices) is { } best && best != choices)
            throw ApiException.Unsupported("best_of", $"it is supported only if it equals 'n' ({choices}), got {best}.");

        int? logprobs = (int?)fields.Integer("logprobs", 0, 5);
        bool echoes = fields.Flag("echo") ?? false;
        if (echoes && logprobs is not null)
            throw ApiException.Unsupported("echo", "together with 'logprobs' it is not supported: log-probabilities of the prompt are not computed.");

        IReadOnlyList<int[]> prompts = TextFields.Read(fields, "prompt", lease.Model);
        if (prompts.Count * choices > maxChoices)
            throw ApiException.Invalid("prompt", $"expected at most {maxChoices} continuations together, got {prompts.Count} texts of {choices} each.", "invalid_value");

        CallShape shape = new(prompts.Count * choices, GenerationFields.MaxTokens(fields, "max_tokens", "max_completion_tokens") ?? DefaultMaxTokens, logprobs is { } top ? Math.Max(1, top) : 0, order);
        GenerationOptions options = GenerationFields.Read(fields, lease, shape);
        options.Constraint = new AnswerFields(fields, fields.Object("response_format")).Constraint(lease.Model, null);
        return new(lease, prompts, options, order) { PerPrompt = choices, Logprobs = logprobs, Echoes = echoes };
    }

    /// <summary>The texts to generate; their jobs are submitted.</summary>
    public Task<Choice[]> BeginAsync(CancellationToken cancellation) =>
        ChoiceMaker.MakeAsync(Lease, Order, Options, [.. Enumerable.Range(0, Choices).Select(index => Prompts[index / PerPrompt])], null, cancellation);

    /// <summary>What a text begins with, besides what is generated.</summary>
    public string Beginning(int index) => Echoes ? Lease.Model.Tokenizer.Decode(Prompts[index / PerPrompt], renderSpecial: false) : "";
}
