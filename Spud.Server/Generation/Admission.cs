using Spud.Server.Http;
using Spud.Server.Settings;

namespace Spud.Server.Generation;

/// <summary>Bounds the number of answers that clients wait for: beyond it they are told to come back.</summary>
internal sealed class Admission(ServerSettings settings)
{
    private int _open;

    /// <summary>Answers that clients wait for.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Admits the texts of one request until the result is disposed.</summary>
    /// <exception cref="ApiException">There are too many.</exception>
    public Entry Enter(int choices)
    {
        if (Interlocked.Add(ref _open, choices) <= settings.Answers)
            return new(this, choices);

        Interlocked.Add(ref _open, -choices);
        throw new ApiException(StatusCodes.Status429TooManyRequests, $"{settings.Answers} answers are being waited for, as many as this server takes (Serve:Answers). Try again later.", null, "rate_limit_exceeded") { RetryAfter = TimeSpan.FromSeconds(2) };
    }

    /// <summary>The admission of one request.</summary>
    internal sealed class Entry(Admission owner, int choices) : IDisposable
    {
        private int _choices = choices;

        public void Dispose() => Interlocked.Add(ref owner._open, -Interlocked.Exchange(ref _choices, 0));
    }
}
