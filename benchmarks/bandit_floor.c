/* Reference floor for the bandit bed: scalar C, xoshiro256++ and ziggurat, one run at a time.
   gcc -O3 -march=native -fopenmp -o floor bandit_floor.c -lm ; ./floor BERN POLICY RUNS THREADS
   BERN 0: ten-armed Gaussian, T=1000; 1: problem B (bandits.testbeds.bernoulli), T=10000. POLICY 0 epsilon-greedy .1, 1 UCB, 2 Thompson, 3 KL-UCB.
   Prints pulls per second and the final regret. For measuring only. */
#include <stdio.h>
#include <stdlib.h>
#include <stdint.h>
#include <math.h>
#include <string.h>
#include <omp.h>
#include <time.h>
#define K 10
typedef struct {uint64_t s[4];} rng;
static inline uint64_t rotl(uint64_t x,int k){return (x<<k)|(x>>(64-k));}
static inline uint64_t nxt(rng*r){uint64_t*s=r->s;uint64_t res=rotl(s[0]+s[3],23)+s[0],t=s[1]<<17;s[2]^=s[0];s[3]^=s[1];s[1]^=s[2];s[0]^=s[3];s[2]^=t;s[3]=rotl(s[3],45);return res;}
static void seed(rng*r,uint64_t x){for(int i=0;i<4;i++){x+=0x9e3779b97f4a7c15ull;uint64_t z=x;z=(z^(z>>30))*0xbf58476d1ce4e5b9ull;z=(z^(z>>27))*0x94d049bb133111ebull;r->s[i]=z^(z>>31);}}
static inline double u01(rng*r){return (nxt(r)>>11)*0x1p-53;}
static double zx[129],zr[128];
static void zinit(){double R=3.442619855899,V=9.91256303526217e-3,f=exp(-0.5*R*R);zx[0]=V/f;zx[1]=R;zx[128]=0;for(int i=2;i<128;i++){zx[i]=sqrt(-2*log(V/zx[i-1]+f));f=exp(-0.5*zx[i]*zx[i]);}for(int i=0;i<128;i++)zr[i]=zx[i+1]/zx[i];}
static inline double nrm(rng*r){for(;;){uint64_t b=nxt(r);int i=b&127;double u=2.0*((b>>11)*0x1p-53)-1.0;if(__builtin_expect(fabs(u)<zr[i],1))return u*zx[i];if(i==0){double x,y;do{x=log(1-u01(r))/3.442619855899;y=log(1-u01(r));}while(-2*y<x*x);return u<0?x-3.442619855899:3.442619855899-x;}double x=u*zx[i];double f0=exp(-0.5*(zx[i]*zx[i]-x*x)),f1=exp(-0.5*(zx[i+1]*zx[i+1]-x*x));if(f1+u01(r)*(f0-f1)<1.0)return x;}}
static inline double gam(rng*r,double a){/*a>=1*/double d=a-1.0/3,c=1/sqrt(9*d);for(;;){double x=nrm(r),v=1+c*x;if(v<=0)continue;v=v*v*v;double u=1-u01(r),x2=x*x;if(u<1-0.0331*x2*x2)return d*v;if(log(u)<0.5*x2+d*(1-v+log(v)))return d*v;}}
static double means_b[K]={0.1,0.05,0.05,0.05,0.02,0.02,0.02,0.01,0.01,0.01};
static inline double klucb(double p,double d){if(p>=1)return 1;double plp=p>0?p*log(p):0;double q1=p+sqrt(d/2),q2=1-(1-p)*exp(-(d-plp)/(1-p));double q=q1<q2?q1:q2;if(p<=0)return 1-exp(-d);double c0=plp+(1-p)*log(1-p)-d;for(int i=0;i<20;i++){double g=c0-p*log(q)-(1-p)*log(1-q);double s=g*q*(1-q)/(q-p);q-=s;if(s<1e-6)break;}return q;}
int main(int c,char**v){int bern=atoi(v[1]),pol=atoi(v[2]);long runs=atol(v[3]);int T=bern?10000:1000;int th=atoi(v[4]);zinit();omp_set_num_threads(th);
 double*lg=malloc(8*(T+2)),*sl=malloc(8*(T+2));for(int t=0;t<=T+1;t++){lg[t]=t>0?log(t):0;sl[t]=sqrt(2*lg[t]);}
 double*SR=calloc(T,8);double*SO=calloc(T,8);double REG=0;
 struct timespec a,b;clock_gettime(CLOCK_MONOTONIC,&a);
 #pragma omp parallel reduction(+:REG)
 {double*sr=calloc(T,8);int64_t*so=calloc(T,8);
 #pragma omp for schedule(dynamic,16)
 for(long run=0;run<runs;run++){rng R;seed(&R,run*7919+13);double mu[K],Q[K],n[K],iv[K],S[K];int best=0;
  for(int i=0;i<K;i++){mu[i]=bern?means_b[i]:nrm(&R);if(mu[i]>mu[best])best=i;Q[i]=0;n[i]=0;iv[i]=0;S[i]=0;}
  for(int t=0;t<T;t++){int A=0;
   if(pol==0){ /*eps greedy 0.1*/ uint64_t x=nxt(&R);if((x>>11)*0x1p-53<0.1)A=((nxt(&R)>>32)*K)>>32;else{double m=Q[0];int ties=1;for(int i=1;i<K;i++){if(Q[i]>m){m=Q[i];A=i;ties=1;}else if(Q[i]==m){ties++;if(((nxt(&R)>>32)*ties>>32)==0)A=i;}}}}
   else if(pol==1){ if(t<K)A=t;else{double m=-1e300;for(int i=0;i<K;i++){double x=Q[i]+sl[t]*iv[i];if(x>m){m=x;A=i;}}}}
   else if(pol==2){ double m=-1e300; if(bern){for(int i=0;i<K;i++){double g1=gam(&R,S[i]+1),g2=gam(&R,n[i]-S[i]+1);double x=g1/(g1+g2);if(x>m){m=x;A=i;}}}
     else for(int i=0;i<K;i++){double x=S[i]/(n[i]+1)+nrm(&R)*iv[i];if(t==0&&i==0){for(int j=0;j<K;j++)iv[j]=1;}if(t==0)x=nrm(&R);if(x>m){m=x;A=i;}}}
   else { if(t<K)A=t;else{double m=-1;for(int i=0;i<K;i++){double x=klucb(Q[i],lg[t]/n[i]);if(x>m){m=x;A=i;}}}}
   double r=bern?(u01(&R)<mu[A]):mu[A]+nrm(&R);
   n[A]+=1;S[A]+=r;Q[A]=S[A]/n[A];iv[A]=1/sqrt(n[A]+((pol==2&&!bern)?1:0));
   sr[t]+=r;so[t]+=(A==best);REG+=mu[best]-mu[A];
  }}
 #pragma omp critical
 for(int t=0;t<T;t++){SR[t]+=sr[t];SO[t]+=so[t];}
 }
 clock_gettime(CLOCK_MONOTONIC,&b);double s=(b.tv_sec-a.tv_sec)+1e-9*(b.tv_nsec-a.tv_nsec);
 printf("C bern=%d pol=%d runs=%ld th=%d %.2fs %.3g pulls/s  rew@T=%.4f opt@T=%.4f regret=%.3f\n",bern,pol,runs,th,s,(double)runs*T/s,SR[T-1]/runs,SO[T-1]/runs,REG/runs);}
