namespace Weld.Managed;

/// <summary>A program without parameters, strongly typed.</summary>
/// <typeparam name="TResult">The result.</typeparam>
public delegate TResult WeldFunction<out TResult>();

/// <summary>A program of one parameter, strongly typed. Parameters may be spans, which are copied.</summary>
/// <typeparam name="T1">The parameter.</typeparam>
/// <typeparam name="TResult">The result.</typeparam>
/// <param name="argument">The argument.</param>
public delegate TResult WeldFunction<in T1, out TResult>(T1 argument)
    where T1 : allows ref struct;

/// <summary>A program of two parameters, strongly typed. Parameters may be spans, which are copied.</summary>
/// <typeparam name="T1">The first parameter.</typeparam>
/// <typeparam name="T2">The second parameter.</typeparam>
/// <typeparam name="TResult">The result.</typeparam>
/// <param name="first">The first argument.</param>
/// <param name="second">The second argument.</param>
public delegate TResult WeldFunction<in T1, in T2, out TResult>(T1 first, T2 second)
    where T1 : allows ref struct
    where T2 : allows ref struct;

/// <summary>A program of three parameters, strongly typed. Parameters may be spans, which are copied.</summary>
/// <typeparam name="T1">The first parameter.</typeparam>
/// <typeparam name="T2">The second parameter.</typeparam>
/// <typeparam name="T3">The third parameter.</typeparam>
/// <typeparam name="TResult">The result.</typeparam>
/// <param name="first">The first argument.</param>
/// <param name="second">The second argument.</param>
/// <param name="third">The third argument.</param>
public delegate TResult WeldFunction<in T1, in T2, in T3, out TResult>(T1 first, T2 second, T3 third)
    where T1 : allows ref struct
    where T2 : allows ref struct
    where T3 : allows ref struct;

/// <summary>A program of four parameters, strongly typed. Parameters may be spans, which are copied.</summary>
/// <typeparam name="T1">The first parameter.</typeparam>
/// <typeparam name="T2">The second parameter.</typeparam>
/// <typeparam name="T3">The third parameter.</typeparam>
/// <typeparam name="T4">The fourth parameter.</typeparam>
/// <typeparam name="TResult">The result.</typeparam>
/// <param name="first">The first argument.</param>
/// <param name="second">The second argument.</param>
/// <param name="third">The third argument.</param>
/// <param name="fourth">The fourth argument.</param>
public delegate TResult WeldFunction<in T1, in T2, in T3, in T4, out TResult>(T1 first, T2 second, T3 third, T4 fourth)
    where T1 : allows ref struct
    where T2 : allows ref struct
    where T3 : allows ref struct
    where T4 : allows ref struct;

/// <summary>A program of five parameters, strongly typed. Parameters may be spans, which are copied.</summary>
/// <typeparam name="T1">The first parameter.</typeparam>
/// <typeparam name="T2">The second parameter.</typeparam>
/// <typeparam name="T3">The third parameter.</typeparam>
/// <typeparam name="T4">The fourth parameter.</typeparam>
/// <typeparam name="T5">The fifth parameter.</typeparam>
/// <typeparam name="TResult">The result.</typeparam>
/// <param name="first">The first argument.</param>
/// <param name="second">The second argument.</param>
/// <param name="third">The third argument.</param>
/// <param name="fourth">The fourth argument.</param>
/// <param name="fifth">The fifth argument.</param>
public delegate TResult WeldFunction<in T1, in T2, in T3, in T4, in T5, out TResult>(T1 first, T2 second, T3 third, T4 fourth, T5 fifth)
    where T1 : allows ref struct
    where T2 : allows ref struct
    where T3 : allows ref struct
    where T4 : allows ref struct
    where T5 : allows ref struct;

/// <summary>A program of six parameters, strongly typed. Parameters may be spans, which are copied.</summary>
/// <typeparam name="T1">The first parameter.</typeparam>
/// <typeparam name="T2">The second parameter.</typeparam>
/// <typeparam name="T3">The third parameter.</typeparam>
/// <typeparam name="T4">The fourth parameter.</typeparam>
/// <typeparam name="T5">The fifth parameter.</typeparam>
/// <typeparam name="T6">The sixth parameter.</typeparam>
/// <typeparam name="TResult">The result.</typeparam>
/// <param name="first">The first argument.</param>
/// <param name="second">The second argument.</param>
/// <param name="third">The third argument.</param>
/// <param name="fourth">The fourth argument.</param>
/// <param name="fifth">The fifth argument.</param>
/// <param name="sixth">The sixth argument.</param>
public delegate TResult WeldFunction<in T1, in T2, in T3, in T4, in T5, in T6, out TResult>(T1 first, T2 second, T3 third, T4 fourth, T5 fifth, T6 sixth)
    where T1 : allows ref struct
    where T2 : allows ref struct
    where T3 : allows ref struct
    where T4 : allows ref struct
    where T5 : allows ref struct
    where T6 : allows ref struct;
