namespace Spud.Generation;

/// <summary>Efforts with which the tokens of an answer were computed. Nothing is stored as long as all are those of the request.</summary>
internal struct DecodeEfforts
{
    private float[]? _efforts;
    private int _count;

    /// <summary>Index of the first token whose effort is not the request's; the maximum if there is none.</summary>
    /// <param name="usual">The request's effort.</param>
    public readonly int FirstChange(float usual) => _efforts is not null && _efforts.AsSpan(0, _count).IndexOfAnyExcept(usual) is >= 0 and int first ? first : int.MaxValue;

    /// <summary>Records the effort of a token.</summary>
    /// <param name="token">Index of the token in the answer.</param>
    /// <param name="effort">Its effort.</param>
    /// <param name="usual">The request's effort.</param>
    /// <param name="maxTokens">Maximum length of the answer.</param>
    public void Set(int token, float effort, float usual, int maxTokens)
    {
        if (_efforts is null && effort == usual)
            return;

        if (_efforts is null)
        {
            _efforts = new float[maxTokens + 1];
            Array.Fill(_efforts, usual);
        }

        (_efforts[token], _count) = (effort, token + 1);
    }

    /// <summary>The effort of a token, and the number of tokens from there on that have the same.</summary>
    /// <param name="token">Index of the token in the answer; negative for one of the prompt.</param>
    /// <param name="usual">The request's effort.</param>
    public readonly (float Effort, int Tokens) At(int token, float usual)
    {
        if (_efforts is null || token >= _count)
            return (usual, int.MaxValue);
        if (token < 0)
            return (usual, -token);

        int same = _efforts.AsSpan(token, _count - token).IndexOfAnyExcept(_efforts[token]);
        return (_efforts[token], same < 0 ? _count - token : same);
    }
}
