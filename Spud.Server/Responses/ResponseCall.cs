using System.Text.Json;
using Spud.Server.Chat;
using Spud.Server.Generation;
using Spud.Server.Http;
using Spud.Server.Jobs;
using Spud.Server.Models;

namespace Spud.Server.Responses;

/// <summary>A request for a response, read and checked.</summary>
internal sealed class ResponseCall
{
    private static readonly Dictionary<string, string> s_refused = new(StringComparer.Ordinal)
    {
        ["previous_response_id"] = "answers are not stored; send the whole conversation as 'input'.",
        ["conversation"] = "conversations are not stored; send the whole conversation as 'input'.",
        ["background"] = "answers are not stored; submit a job (/v1/jobs) instead.",
        ["prompt"] = "stored prompts are not supported.",
        ["include"] = "nothing can be included besides the answer.",
        ["max_tool_calls"] = "the server calls no tools itself.",
    };

    private readonly Fields _fields;

    private ResponseCall(ChatCall chat, in Fields fields) => (Chat, _fields) = (chat, fields);

    /// <summary>The same as a chat.</summary>
    public ChatCall Chat { get; }

    /// <summary>Reads a request.</summary>
    /// <exception cref="ApiException">A field is wrong.</exception>
    public static ResponseCall Read(in Fields fields, ModelLease lease, Order order)
    {
        GenerationFields.Refuse(fields, s_refused);
        if (fields.Object("reasoning")?.Has("effort") ?? false)
            throw ApiException.Unsupported("reasoning.effort", "this server's models have no levels of reasoning; 'effort' (0 to 1) sets how much compute a token takes.");
        if (fields.Text("truncation") == "auto")
            throw ApiException.Unsupported("truncation", "a conversation that is too long is refused, not shortened.");

        CallShape shape = new(1, GenerationFields.MaxTokens(fields, "max_output_tokens"), 0, order);
        return new(ChatCall.Of(lease, InputFields.Read(fields, lease.Settings.System), GenerationFields.Read(fields, lease, shape), new AnswerFields(fields, fields.Object("text")?.Object("format")), order), fields);
    }

    /// <summary>The answer before its first token.</summary>
    public ResponseBody Begin() => new()
    {
        Id = Ids.New("resp_"),
        CreatedAt = Ids.Now,
        Status = "in_progress",
        Instructions = _fields.Text("instructions"),
        MaxOutputTokens = Chat.Options.MaxTokens,
        Model = Chat.Lease.Name,
        ParallelToolCalls = _fields.Flag("parallel_tool_calls") ?? true,
        Temperature = Math.Round(Chat.Options.Sampling.Temperature, 6),
        TopP = Math.Round(Chat.Options.Sampling.TopP, 6),
        Text = Given("text", """{ "format": { "type": "text" } }"""),
        ToolChoice = Given("tool_choice", "\"auto\""),
        Tools = Given("tools", "[]"),
        User = _fields.Text("user"),
        Metadata = Given("metadata", "{}"),
    };

    private JsonElement Given(string name, string usual)
    {
        if (_fields.Any(name) is { } given)
            return given;

        using JsonDocument document = JsonDocument.Parse(usual);
        return document.RootElement.Clone();
    }
}
