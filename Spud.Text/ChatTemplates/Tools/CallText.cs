using Spud.Text.Grammars;

namespace Spud.Text.ChatTemplates;

/// <summary>Texts with calls, in one of the formats.</summary>
/// <param name="rules">The grammar's rules.</param>
/// <param name="format">The format.</param>
/// <param name="call">One call, without markers.</param>
/// <param name="isParallel">Whether there may be several.</param>
internal sealed class CallText(GrammarRules rules, ToolFormat format, GrammarNode call, bool isParallel)
{
    /// <summary>Maximum number of calls in an answer: small models may otherwise write nothing else.</summary>
    public const int MaxCalls = 32;

    private static readonly GrammarNode s_line = GrammarNode.Literal("\n").Optional();

    private string Marker => format switch
    {
        ToolFormat.MistralList or ToolFormat.MistralNamed => ToolFormats.MistralCalls,
        ToolFormat.Harmony => HarmonyParser.Channel,
        ToolFormat.BareJson => "",
        _ => ToolFormats.Opening,
    };

    /// <summary>At least one call, and nothing else.</summary>
    public GrammarNode Required()
    {
        GrammarNode one = Block();
        if (format == ToolFormat.Harmony)
            return GrammarNode.Choice(one, Analysis(one));

        // Mistral's list is the last part of an answer, and Llama's answer is one call.
        bool repeats = isParallel && format is not (ToolFormat.MistralList or ToolFormat.BareJson);
        return repeats ? GrammarNode.Sequence(one, GrammarNode.Sequence(s_line, one).Repeat(0, MaxCalls - 1)) : one;
    }

    /// <summary>Any text, and calls that are well-formed. Behind the only call that is allowed, nothing follows; behind the last of several, only text.</summary>
    public GrammarNode Possible()
    {
        if (!isParallel || format == ToolFormat.MistralList)
            return FreeText.Until(rules, Marker, mayEnd: true, _ => Rest());

        GrammarNode before = FreeText.Until(rules, Marker, mayEnd: false, static _ => GrammarNode.Empty);
        return GrammarNode.Sequence(GrammarNode.Sequence(before, Rest()).Repeat(0, MaxCalls), FreeText.Without(rules, Marker));
    }

    private GrammarNode Block() => rules.Add("call", GrammarNode.Sequence(GrammarNode.Literal(Marker), Rest()));

    /// <summary>A call, or a list of calls, behind the marker.</summary>
    private GrammarNode Rest()
    {
        GrammarNode one = rules.Add("function", call);
        switch (format)
        {
            case ToolFormat.MistralList:
                GrammarNode more = GrammarNode.Sequence(GrammarNode.Literal(","), GrammarNode.Literal(" ").Optional(), one).Repeat(0, isParallel ? MaxCalls - 1 : 0);
                return GrammarNode.Sequence(GrammarNode.Literal(" ").Optional(), GrammarNode.Literal("["), one, more, GrammarNode.Literal("]"));
            case ToolFormat.Tags or ToolFormat.ExplainedTags or ToolFormat.ParameterTags or ToolFormat.PairTags:
                return GrammarNode.Sequence(s_line, one, s_line, GrammarNode.Literal(ToolFormats.Closing));
            default:
                return one;
        }
    }

    private GrammarNode Analysis(GrammarNode then) => GrammarNode.Sequence(
        GrammarNode.Literal("<|channel|>analysis<|message|>"),
        FreeText.Until(rules, "<|end|>", mayEnd: false, _ => GrammarNode.Sequence(GrammarNode.Literal("<|start|>assistant"), then)));
}
