namespace Crowsnest.Azure.Content;

/// <summary>
/// A value that changes outside: it is looked at again at most every so often, and by one caller at a time.
/// </summary>
/// <param name="clock">Tells when to look again.</param>
/// <param name="every">How long a value is good for.</param>
/// <param name="look">Gives the value, from the one before. It must not throw for faults that will pass.</param>
internal sealed class Watched<T>(TimeProvider clock, TimeSpan every, Func<T?, CancellationToken, Task<T>> look) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private T? _value;
    private DateTimeOffset _lookAgain;

    public void Dispose() => _gate.Dispose();

    internal async Task<T> GetAsync(CancellationToken cancellationToken)
    {
        if (clock.GetUtcNow() < _lookAgain)
        {
            return _value!;
        }

        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (clock.GetUtcNow() >= _lookAgain)
            {
                _value = await look(_value, cancellationToken);
                _lookAgain = clock.GetUtcNow() + every;
            }

            return _value!;
        }
        finally
        {
            _gate.Release();
        }
    }
}
