using System.Text.Json;
using Spud.Tests.Tokenization;
using Spud.Text.ChatTemplates;
using Xunit;

namespace Spud.Tests.ChatTemplates;

/// <summary>The formats of calls in templates of real models, where llama.cpp's collection is at hand.</summary>
public sealed class ToolFormatTests
{
    [Theory]
    [InlineData("Qwen-Qwen2.5-7B-Instruct", nameof(ToolFormat.Tags))]
    [InlineData("Qwen-Qwen3-0.6B", nameof(ToolFormat.Tags))]
    [InlineData("Qwen-QwQ-32B", nameof(ToolFormat.Tags))]
    [InlineData("NousResearch-Hermes-2-Pro-Llama-3-8B-tool_use", nameof(ToolFormat.Tags))]
    [InlineData("NousResearch-Hermes-3-Llama-3.1-8B-tool_use", nameof(ToolFormat.Tags))]
    [InlineData("ibm-granite-granite-4.0", nameof(ToolFormat.Tags))]
    [InlineData("meta-llama-Llama-3.1-8B-Instruct", nameof(ToolFormat.BareJson))]
    [InlineData("meta-llama-Llama-3.2-3B-Instruct", nameof(ToolFormat.BareJson))]
    [InlineData("meta-llama-Llama-3.3-70B-Instruct", nameof(ToolFormat.BareJson))]
    [InlineData("mistralai-Mistral-Nemo-Instruct-2407", nameof(ToolFormat.MistralList))]
    [InlineData("Mistral-Small-3.2-24B-Instruct-2506", nameof(ToolFormat.MistralNamed))]
    [InlineData("unsloth-mistral-Devstral-Small-2507", nameof(ToolFormat.MistralNamed))]
    [InlineData("openai-gpt-oss-120b", nameof(ToolFormat.Harmony))]
    [InlineData("Qwen3-Coder", nameof(ToolFormat.ParameterTags))]
    [InlineData("GLM-4.6", nameof(ToolFormat.PairTags))]
    [InlineData("Qwen3.5-4B", nameof(ToolFormat.ParameterTags))]
    [InlineData("NVIDIA-Nemotron-3-Nano-30B-A3B-BF16", nameof(ToolFormat.ParameterTags))]
    [InlineData("GLM-4.7-Flash", nameof(ToolFormat.PairTags))]
    [InlineData("Spark2.5", nameof(ToolFormat.PairTags))]
    [InlineData("ByteDance-Seed-OSS", nameof(ToolFormat.ExplainedTags))]
    [InlineData("google-gemma-2-2b-it", nameof(ToolFormat.ExplainedTags))]
    [InlineData("HuggingFaceTB-SmolLM3-3B", nameof(ToolFormat.ExplainedTags))]
    public void The_format_is_found_and_a_call_goes_through_the_template(string name, string format)
    {
        ChatTemplate template = ChatTemplate.Parse(File.ReadAllText(ReferenceTokenizers.PeerFile($"templates/{name}.jinja")));
        Assert.Equal(format, $"{ToolFormats.Of(template)}");

        ChatMessage call = new("assistant", null) { ToolCalls = JsonDocument.Parse("""[{"id":"abcdefghi","type":"function","function":{"name":"weather","arguments":{"city":"Rome"}}}]""").RootElement };
        ChatMessage[] messages = [new("user", "How is it in Rome?"), call, new("tool", "{\"sky\":\"blue\"}") { ToolCallId = "abcdefghi", Name = "weather" }];
        RenderedPrompt prompt = ConversationPrompt.Render(template, messages, new() { BosToken = "<s>", EosToken = "</s>" }, ToolCallTests.Tools);
        Assert.Contains("The weather of a place.", prompt.Text);
        Assert.Contains("Rome", prompt.Text);
        Assert.Contains("sky", prompt.Text);

        // What the model must write is what its parser reads.
        Assert.NotNull(AnswerGrammar.OfCalls(ToolCallTests.Tools, ToolChoice.Required, isParallel: false, template, prompt.Text));
    }
}
