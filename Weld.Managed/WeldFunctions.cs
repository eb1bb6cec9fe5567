using Weld.Managed.Layout;

namespace Weld.Managed;

/// <summary>Modules as strongly typed delegates. The types are checked once, here; spans are copied; a result of type <see cref="WeldResult"/> is the caller's to dispose of, others are copies.</summary>
public static class WeldFunctions
{
    /// <summary>The module as a function of 0 arguments.</summary>
    /// <typeparam name="TResult">The result.</typeparam>
    /// <param name="module">The module.</param>
    /// <param name="options">What each run may use; null for the defaults.</param>
    /// <exception cref="ArgumentException">A type is not that of its parameter or of the result.</exception>
    public static WeldFunction<TResult> AsFunction<TResult>(this WeldModule module, RunOptions? options = null)
    {
        Check(module, typeof(TResult));
        return () =>
        {
            using var call = new Call(module, options ?? RunOptions.Default);
            return call.Execute<TResult>();
        };
    }

    /// <summary>The module as a function of 1 argument.</summary>
    /// <typeparam name="T1">The first parameter.</typeparam>
    /// <typeparam name="TResult">The result.</typeparam>
    /// <param name="module">The module.</param>
    /// <param name="options">What each run may use; null for the defaults.</param>
    /// <exception cref="ArgumentException">A type is not that of its parameter or of the result.</exception>
    public static WeldFunction<T1, TResult> AsFunction<T1, TResult>(this WeldModule module, RunOptions? options = null)
        where T1 : allows ref struct
    {
        Check(module, typeof(TResult), typeof(T1));
        return (first) =>
        {
            using var call = new Call(module, options ?? RunOptions.Default);
            call.Pass(0, first);
            return call.Execute<TResult>();
        };
    }

    /// <summary>The module as a function of 2 arguments.</summary>
    /// <typeparam name="T1">The first parameter.</typeparam>
    /// <typeparam name="T2">The second parameter.</typeparam>
    /// <typeparam name="TResult">The result.</typeparam>
    /// <param name="module">The module.</param>
    /// <param name="options">What each run may use; null for the defaults.</param>
    /// <exception cref="ArgumentException">A type is not that of its parameter or of the result.</exception>
    public static WeldFunction<T1, T2, TResult> AsFunction<T1, T2, TResult>(this WeldModule module, RunOptions? options = null)
        where T1 : allows ref struct
        where T2 : allows ref struct
    {
        Check(module, typeof(TResult), typeof(T1), typeof(T2));
        return (first, second) =>
        {
            using var call = new Call(module, options ?? RunOptions.Default);
            call.Pass(0, first);
            call.Pass(1, second);
            return call.Execute<TResult>();
        };
    }

    /// <summary>The module as a function of 3 arguments.</summary>
    /// <typeparam name="T1">The first parameter.</typeparam>
    /// <typeparam name="T2">The second parameter.</typeparam>
    /// <typeparam name="T3">The third parameter.</typeparam>
    /// <typeparam name="TResult">The result.</typeparam>
    /// <param name="module">The module.</param>
    /// <param name="options">What each run may use; null for the defaults.</param>
    /// <exception cref="ArgumentException">A type is not that of its parameter or of the result.</exception>
    public static WeldFunction<T1, T2, T3, TResult> AsFunction<T1, T2, T3, TResult>(this WeldModule module, RunOptions? options = null)
        where T1 : allows ref struct
        where T2 : allows ref struct
        where T3 : allows ref struct
    {
        Check(module, typeof(TResult), typeof(T1), typeof(T2), typeof(T3));
        return (first, second, third) =>
        {
            using var call = new Call(module, options ?? RunOptions.Default);
            call.Pass(0, first);
            call.Pass(1, second);
            call.Pass(2, third);
            return call.Execute<TResult>();
        };
    }

    /// <summary>The module as a function of 4 arguments.</summary>
    /// <typeparam name="T1">The first parameter.</typeparam>
    /// <typeparam name="T2">The second parameter.</typeparam>
    /// <typeparam name="T3">The third parameter.</typeparam>
    /// <typeparam name="T4">The fourth parameter.</typeparam>
    /// <typeparam name="TResult">The result.</typeparam>
    /// <param name="module">The module.</param>
    /// <param name="options">What each run may use; null for the defaults.</param>
    /// <exception cref="ArgumentException">A type is not that of its parameter or of the result.</exception>
    public static WeldFunction<T1, T2, T3, T4, TResult> AsFunction<T1, T2, T3, T4, TResult>(this WeldModule module, RunOptions? options = null)
        where T1 : allows ref struct
        where T2 : allows ref struct
        where T3 : allows ref struct
        where T4 : allows ref struct
    {
        Check(module, typeof(TResult), typeof(T1), typeof(T2), typeof(T3), typeof(T4));
        return (first, second, third, fourth) =>
        {
            using var call = new Call(module, options ?? RunOptions.Default);
            call.Pass(0, first);
            call.Pass(1, second);
            call.Pass(2, third);
            call.Pass(3, fourth);
            return call.Execute<TResult>();
        };
    }

    /// <summary>The module as a function of 5 arguments.</summary>
    /// <typeparam name="T1">The first parameter.</typeparam>
    /// <typeparam name="T2">The second parameter.</typeparam>
    /// <typeparam name="T3">The third parameter.</typeparam>
    /// <typeparam name="T4">The fourth parameter.</typeparam>
    /// <typeparam name="T5">The fifth parameter.</typeparam>
    /// <typeparam name="TResult">The result.</typeparam>
    /// <param name="module">The module.</param>
    /// <param name="options">What each run may use; null for the defaults.</param>
    /// <exception cref="ArgumentException">A type is not that of its parameter or of the result.</exception>
    public static WeldFunction<T1, T2, T3, T4, T5, TResult> AsFunction<T1, T2, T3, T4, T5, TResult>(this WeldModule module, RunOptions? options = null)
        where T1 : allows ref struct
        where T2 : allows ref struct
        where T3 : allows ref struct
        where T4 : allows ref struct
        where T5 : allows ref struct
    {
        Check(module, typeof(TResult), typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5));
        return (first, second, third, fourth, fifth) =>
        {
            using var call = new Call(module, options ?? RunOptions.Default);
            call.Pass(0, first);
            call.Pass(1, second);
            call.Pass(2, third);
            call.Pass(3, fourth);
            call.Pass(4, fifth);
            return call.Execute<TResult>();
        };
    }

    /// <summary>The module as a function of 6 arguments.</summary>
    /// <typeparam name="T1">The first parameter.</typeparam>
    /// <typeparam name="T2">The second parameter.</typeparam>
    /// <typeparam name="T3">The third parameter.</typeparam>
    /// <typeparam name="T4">The fourth parameter.</typeparam>
    /// <typeparam name="T5">The fifth parameter.</typeparam>
    /// <typeparam name="T6">The sixth parameter.</typeparam>
    /// <typeparam name="TResult">The result.</typeparam>
    /// <param name="module">The module.</param>
    /// <param name="options">What each run may use; null for the defaults.</param>
    /// <exception cref="ArgumentException">A type is not that of its parameter or of the result.</exception>
    public static WeldFunction<T1, T2, T3, T4, T5, T6, TResult> AsFunction<T1, T2, T3, T4, T5, T6, TResult>(this WeldModule module, RunOptions? options = null)
        where T1 : allows ref struct
        where T2 : allows ref struct
        where T3 : allows ref struct
        where T4 : allows ref struct
        where T5 : allows ref struct
        where T6 : allows ref struct
    {
        Check(module, typeof(TResult), typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5), typeof(T6));
        return (first, second, third, fourth, fifth, sixth) =>
        {
            using var call = new Call(module, options ?? RunOptions.Default);
            call.Pass(0, first);
            call.Pass(1, second);
            call.Pass(2, third);
            call.Pass(3, fourth);
            call.Pass(4, fifth);
            call.Pass(5, sixth);
            return call.Execute<TResult>();
        };
    }

    private static void Check(WeldModule module, Type result, params ReadOnlySpan<Type> parameters)
    {
        ArgumentNullException.ThrowIfNull(module);
        module.CheckCount(parameters.Length);
        for (var i = 0; i < parameters.Length; i++)
        {
            var type = module.Parameters[i].Type;
            if (!ClrShape.Fits(parameters[i], type))
            {
                throw new ArgumentException($"expected a type that stands for {type}, such as {ClrShape.Suggest(type)}, found {parameters[i]}", module.Parameters[i].Name);
            }
        }

        if (result != typeof(WeldResult) && (ClrShape.IsDynamic(result) || !ClrShape.Fits(result, module.ResultType)))
        {
            throw new ArgumentException($"expected a type that {module.ResultType} converts to, such as {ClrShape.Suggest(module.ResultType)}, found {result}");
        }
    }
}
