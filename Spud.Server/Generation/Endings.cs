using Spud.Generation;

namespace Spud.Server.Generation;

/// <summary>Why a text ended, in the terms of OpenAI's API.</summary>
internal static class Endings
{
    /// <summary>The <c>finish_reason</c>; a budget that is used up cuts a text as a maximum of tokens does, and <c>usage.compute</c> tells them apart.</summary>
    public static string Of(Choice choice) => IsWhole(choice.Request.Finish) ? choice.Calls.Count > 0 ? "tool_calls" : "stop" : "length";

    /// <summary>Whether the model ended the text itself, or reached a stop string.</summary>
    public static bool IsWhole(FinishReason reason) => reason is FinishReason.StopToken or FinishReason.StopString;
}
