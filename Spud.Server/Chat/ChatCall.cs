using Spud.Generation;
using Spud.Server.Generation;
using Spud.Server.Http;
using Spud.Server.Jobs;
using Spud.Server.Models;
using Spud.Text.ChatTemplates;

namespace Spud.Server.Chat;

/// <summary>A chat request, read and checked.</summary>
internal sealed class ChatCall
{
    private static readonly Dictionary<string, string> s_refused = new(StringComparer.Ordinal)
    {
        ["audio"] = "this server's models generate text only.",
        ["prediction"] = "predicted outputs are not supported.",
        ["web_search_options"] = "this server does not search the web.",
        ["functions"] = "it is obsolete; use 'tools'.",
        ["function_call"] = "it is obsolete; use 'tool_choice'.",
        ["reasoning_effort"] = "this server's models have no levels of reasoning; 'effort' (0 to 1) sets how much compute a token takes.",
        ["best_of"] = "it is not supported; use 'n'.",
    };

    private ChatCall(ModelLease lease, IReadOnlyList<ChatMessage> messages, GenerationOptions options, AnswerFields answer, Order order) =>
        (Lease, Messages, Options, Answer, Order) = (lease, messages, options, answer, order);

    /// <summary>What the answer must be.</summary>
    public AnswerFields Answer { get; }

    /// <summary>Who asks, and what it costs.</summary>
    public Order Order { get; }

    /// <summary>The model.</summary>
    public ModelLease Lease { get; }

    /// <summary>The conversation.</summary>
    public IReadOnlyList<ChatMessage> Messages { get; }

    /// <summary>How it is answered.</summary>
    public GenerationOptions Options { get; }

    /// <summary>Number of answers.</summary>
    public int Choices { get; private init; }

    /// <summary>Alternatives to show per token; null for no log-probabilities.</summary>
    public int? TopLogprobs { get; private init; }

    /// <summary>A call of another endpoint.</summary>
    public static ChatCall Of(ModelLease lease, IReadOnlyList<ChatMessage> messages, GenerationOptions options, AnswerFields answer, Order order) =>
        new(lease, messages, options, answer, order) { Choices = 1 };

    /// <summary>Reads a request.</summary>
    /// <exception cref="ApiException">A field is wrong.</exception>
    public static ChatCall Read(in Fields fields, ModelLease lease, int maxChoices, Order order)
    {
        GenerationFields.Refuse(fields, s_refused);
        RefuseModalities(fields);
        int choices = (int)(fields.Integer("n", 1, maxChoices) ?? 1);
        int? top = Logprobs(fields);
        CallShape shape = new(choices, GenerationFields.MaxTokens(fields, "max_completion_tokens", "max_tokens"), top is { } count ? Math.Max(1, count) : 0, order);
        return new(lease, MessageFields.Read(fields, lease.Settings.System), GenerationFields.Read(fields, lease, shape), new AnswerFields(fields, fields.Object("response_format")), order)
        {
            Choices = choices,
            TopLogprobs = top,
        };
    }

    /// <summary>The texts to generate; their jobs are submitted.</summary>
    /// <param name="cancellation">Cancelled when the client leaves.</param>
    /// <exception cref="ApiException">The model has no chat template.</exception>
    /// <exception cref="Exception">The conversation or a job is refused: see <see cref="Faults"/>.</exception>
    public Task<Choice[]> BeginAsync(CancellationToken cancellation)
    {
        (RenderedPrompt rendered, int[] prompt) = Prompt();
        return ChoiceMaker.MakeAsync(Lease, Order, Options, [.. Enumerable.Repeat(prompt, Choices)], () => Parser(rendered), cancellation);
    }

    /// <summary>One text to generate, whose job somebody else takes care of.</summary>
    /// <param name="job">Id of the job; null if it has none yet.</param>
    /// <param name="cancellation">Ends the text.</param>
    public Choice Make(string? job, CancellationToken cancellation)
    {
        (RenderedPrompt rendered, int[] prompt) = Prompt();
        return ChoiceMaker.Make(Lease, Options, prompt, Parser(rendered), job, cancellation);
    }

    private (RenderedPrompt Rendered, int[] Ids) Prompt()
    {
        if (Lease.Model.ChatTemplate is null)
            throw new ApiException(StatusCodes.Status400BadRequest, $"The model '{Lease.Name}' has no chat template, so it cannot chat. Use /v1/completions, or set a template (ChatTemplate) in the server's settings.", "model", "no_chat_template");

        RenderedPrompt rendered = Lease.Model.Render(Messages, Answer.Tools);
        Options.Constraint = Answer.Constraint(Lease.Model, rendered);
        return (rendered, Lease.Model.Encode(rendered));
    }

    private AnswerParser Parser(RenderedPrompt rendered) => AnswerParser.For(Lease.Model.ChatTemplate, rendered.Text, Answer.Tools, Answer.IsParallel);

    private static int? Logprobs(in Fields fields)
    {
        bool wanted = fields.Flag("logprobs") ?? false;
        int? top = (int?)fields.Integer("top_logprobs", 0, 20);
        if (top is > 0 && !wanted)
            throw ApiException.Invalid("top_logprobs", "it needs 'logprobs': true.", "invalid_value");

        return wanted ? top ?? 0 : null;
    }

    private static void RefuseModalities(in Fields fields)
    {
        if (fields.Texts("modalities").FirstOrDefault(static modality => modality != "text") is not null)
            throw ApiException.Unsupported("modalities", "this server's models generate text only.");
    }
}
