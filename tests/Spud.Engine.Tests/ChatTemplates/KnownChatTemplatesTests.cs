using Spud.Text.ChatTemplates;
using Xunit;

namespace Spud.Tests.ChatTemplates;

public class KnownChatTemplatesTests
{
    // The expectations are those of llama.cpp's tests/test-chat-template.cpp for the models of these names.
    private static readonly Dictionary<string, string> s_expected = new()
    {
        ["chatml"] = "<|im_start|>system\nYou are a helpful assistant<|im_end|>\n<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\nHi there<|im_end|>\n<|im_start|>user\nWho are you<|im_end|>\n<|im_start|>assistant\n   I am an assistant   <|im_end|>\n<|im_start|>user\nAnother question<|im_end|>\n<|im_start|>assistant\n",
        ["gemma"] = "<start_of_turn>user\nYou are a helpful assistant\nHello<end_of_turn>\n<start_of_turn>model\nHi there<end_of_turn>\n<start_of_turn>user\nWho are you<end_of_turn>\n<start_of_turn>model\nI am an assistant<end_of_turn>\n<start_of_turn>user\nAnother question<end_of_turn>\n<start_of_turn>model\n",
        ["llama2"] = "[INST] <<SYS>>\nYou are a helpful assistant\n<</SYS>>\n\nHello [/INST] Hi there </s><s>[INST] Who are you [/INST]    I am an assistant    </s><s>[INST] Another question [/INST]",
        ["llama3"] = "<|start_header_id|>system<|end_header_id|>\n\nYou are a helpful assistant<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nHello<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nHi there<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nWho are you<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nI am an assistant<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nAnother question<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
        ["mistral"] = "[INST] You are a helpful assistant\nHello [/INST]Hi there</s>[INST] Who are you [/INST]   I am an assistant   </s>[INST] Another question [/INST]",
        ["phi3"] = "<|system|>\nYou are a helpful assistant<|end|>\n<|user|>\nHello<|end|>\n<|assistant|>\nHi there<|end|>\n<|user|>\nWho are you<|end|>\n<|assistant|>\n   I am an assistant   <|end|>\n<|user|>\nAnother question<|end|>\n<|assistant|>\n",
        ["vicuna"] = "You are a helpful assistant\n\nUSER: Hello\nASSISTANT: Hi there</s>\nUSER: Who are you\nASSISTANT:    I am an assistant   </s>\nUSER: Another question\nASSISTANT:",
        ["zephyr"] = "<|system|>\nYou are a helpful assistant</s>\n<|user|>\nHello</s>\n<|assistant|>\nHi there</s>\n<|user|>\nWho are you</s>\n<|assistant|>\n   I am an assistant   </s>\n<|user|>\nAnother question</s>\n<|assistant|>\n",
    };

    public static TheoryData<string> Names => [.. KnownChatTemplates.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_known_template_writes_what_its_models_were_trained_on(string name)
    {
        ChatMessage[] messages =
        [
            new("system", "You are a helpful assistant"), new("user", "Hello"), new("assistant", "Hi there"), new("user", "Who are you"),
            new("assistant", "   I am an assistant   "), new("user", "Another question"),
        ];
        RenderedPrompt prompt = ConversationPrompt.Render(ChatTemplate.Parse(KnownChatTemplates.Find(name)!), messages, new() { BosToken = "<s>", EosToken = "</s>" });
        Assert.Equal(s_expected[name], prompt.Text);
    }
}
