namespace Spud.Text.ChatTemplates;

/// <summary>Chat formats of common model families, for model files with no template or a broken one.</summary>
public static class KnownChatTemplates
{
    private static readonly Dictionary<string, string> s_all = new(StringComparer.Ordinal)
    {
        ["chatml"] =
            "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}" +
            "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}",
        ["gemma"] =
            "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('Gemma has no system role') }}{% endif %}" +
            "<start_of_turn>{{ 'model' if m.role == 'assistant' else m.role }}\n{{ m.content | trim }}<end_of_turn>\n{% endfor %}" +
            "{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}",
        ["llama2"] =
            "{% for m in messages %}{% set opened = not loop.first and loop.previtem.role == 'system' %}" +
            "{% if m.role == 'system' %}[INST] <<SYS>>\n{{ m.content }}\n<</SYS>>\n\n" +
            "{% elif m.role == 'user' %}{{ '' if loop.first or opened else bos_token }}{{ '' if opened else '[INST] ' }}{{ m.content }} [/INST]" +
            "{% else %} {{ m.content }} {{ eos_token }}{% endif %}{% endfor %}",
        ["llama3"] =
            "{% for m in messages %}<|start_header_id|>{{ m.role }}<|end_header_id|>\n\n{{ m.content | trim }}<|eot_id|>{% endfor %}" +
            "{% if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>\n\n{% endif %}",
        ["mistral"] =
            "{% for m in messages %}{% if m.role == 'user' %}[INST] {{ m.content }} [/INST]{% elif m.role == 'assistant' %}{{ m.content }}{{ eos_token }}" +
            "{% else %}{{ raise_exception('Mistral has the roles user and assistant only') }}{% endif %}{% endfor %}",
        ["phi3"] =
            "{% for m in messages %}<|{{ m.role }}|>\n{{ m.content }}<|end|>\n{% endfor %}{% if add_generation_prompt %}<|assistant|>\n{% endif %}",
        ["vicuna"] =
            "{% for m in messages %}{% if m.role == 'system' %}{{ m.content }}\n\n{% elif m.role == 'user' %}USER: {{ m.content }}\n" +
            "{% else %}ASSISTANT: {{ m.content }}{{ eos_token }}\n{% endif %}{% endfor %}{% if add_generation_prompt %}ASSISTANT:{% endif %}",
        ["zephyr"] =
            "{% for m in messages %}<|{{ m.role }}|>\n{{ m.content }}{{ eos_token }}\n{% endfor %}{% if add_generation_prompt %}<|assistant|>\n{% endif %}",
    };

    /// <summary>Their names, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_all.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The template with a name; null if unknown.</summary>
    public static string? Find(string name) => s_all.GetValueOrDefault(name);
}
