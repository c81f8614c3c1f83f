using Spud.Generation;

namespace Spud.Server.Generation;

/// <summary>Why a text ended, in the terms of OpenAI's API.</summary>
internal static class Endings
{
    /// <summary>The <c>finish_reason</c>; a budget that is used up cuts a text as a maximum of tokens does, and <c>usage.compute</c> tells them apart.</summary>
    public static string Of(FinishReason reason) => reason is FinishReason.StopToken or FinishReason.StopString ? "stop" : "length";
}
